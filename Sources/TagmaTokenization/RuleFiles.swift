/// The files of `Rules`, by language: a new one is a line here.
enum RuleFiles {
  /// - Parameter language: A code in small letters, such as `pt`.
  static func text(for language: String) -> [UInt8]? {
    switch language {
    case "ca": PackageResources.ca_txt
    case "cs", "sk": PackageResources.cs_txt
    case "da": PackageResources.da_txt
    case "de", "gsw", "lb", "nds": PackageResources.de_txt
    case "el": PackageResources.el_txt
    case "en", "sco": PackageResources.en_txt
    case "es", "gl", "ast": PackageResources.es_txt
    case "fi": PackageResources.fi_txt
    case "fr": PackageResources.fr_txt
    case "hu": PackageResources.hu_txt
    case "it": PackageResources.it_txt
    case "nb", "nn", "no": PackageResources.nb_txt
    case "nl", "af", "fy": PackageResources.nl_txt
    case "pl": PackageResources.pl_txt
    case "pt": PackageResources.pt_txt
    case "ro": PackageResources.ro_txt
    case "ru", "be": PackageResources.ru_txt
    case "sv": PackageResources.sv_txt
    case "tr": PackageResources.tr_txt
    case "uk": PackageResources.uk_txt
    default: nil
    }
  }
}
