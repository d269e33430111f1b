// The public face of the toolkit: `import Tagma` is all that a program needs.
@_exported public import TagmaAnnotations
@_exported public import TagmaClassification
@_exported public import TagmaCorpora
@_exported public import TagmaEvaluation
@_exported public import TagmaLanguageModels
@_exported public import TagmaModels
@_exported public import TagmaNeural
@_exported public import TagmaSegmentation
@_exported public import TagmaSeries
@_exported public import TagmaTagging
@_exported public import TagmaTokenization
@_exported public import TagmaTranslation
