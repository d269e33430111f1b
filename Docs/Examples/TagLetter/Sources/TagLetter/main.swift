// Tags a sentence with a model's folder:  swift run TagLetter ../../../models/en "Ada lives in Turin."
import Tagma

let tagger = try Tagger(contentsOf: CommandLine.arguments[1])
let text = CommandLine.arguments[2]
for sentence in try tagger.annotate(text) {
  for word in sentence.words { print(word.form, word.labels[.upos] ?? "_", separator: "\t") }
  for span in sentence.spans { print(span.label, text[span.range], span.probability) }
}
