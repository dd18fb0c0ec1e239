using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The answer to <see cref="EnsemblePredictRequested"/>: a prediction's fields, and how its members were combined.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Timeframe">The horizon, one of <see cref="Timeframes.All"/>.</param>
/// <param name="Prediction">The predicted direction and prices.</param>
/// <param name="Indicators">The last bar's indicators.</param>
/// <param name="Explanation">The prediction as a sentence for people.</param>
/// <param name="GeneratedAt">When the answer was computed.</param>
/// <param name="ExpiresAt">When it expires: exactly the cache's lifetime after <paramref name="GeneratedAt"/>.</param>
/// <param name="ModelVersion">The ensemble's version.</param>
/// <param name="PredictionId">A digest of everything that the answer was computed from: equal inputs give equal ids.</param>
/// <param name="ModelDigest">SHA-256 over the digests of all members, lower-case hex.</param>
/// <param name="DataAsOf">The UTC day of the last bar used.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
/// <param name="SentimentSource">Where the social features came from.</param>
/// <param name="EnsembleMetadata">The members and how they were combined.</param>
/// <param name="InputsDigest">SHA-256 of the bars and the sentiment that were read, lower-case hex. Null in answers of older services.</param>
/// <param name="Kernel">The code that ran the networks, such as <c>vector512.2</c>; several are joined by <c>+</c>. Null in answers of older
/// services.</param>
public sealed record EnsembleAnswer(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe,
    [property: JsonPropertyName("prediction")] PricePrediction Prediction,
    [property: JsonPropertyName("indicators")] Indicators Indicators,
    [property: JsonPropertyName("explanation")] string Explanation,
    [property: JsonPropertyName("generated_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset GeneratedAt,
    [property: JsonPropertyName("expires_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("prediction_id")] string PredictionId,
    [property: JsonPropertyName("model_digest")] string ModelDigest,
    [property: JsonPropertyName("data_as_of")] DateOnly DataAsOf,
    [property: JsonPropertyName("data_source")] string DataSource,
    [property: JsonPropertyName("sentiment_source")] string SentimentSource,
    [property: JsonPropertyName("ensemble_metadata")] EnsembleMetadata EnsembleMetadata,
    [property: JsonPropertyName("inputs_digest")] string? InputsDigest = null,
    [property: JsonPropertyName("kernel")] string? Kernel = null)
{
    /// <summary>Warnings about the data and the model, as sentences for people; empty where there are none.</summary>
    /// <remarks>Answers of older services do not have this field.</remarks>
    [JsonPropertyName("warnings")]
    public IReadOnlyList<string> Warnings { get; init => field = value is { Count: > 0 } ? value : []; } = [];

    /// <summary>SHA-256 of the numbers that expected volatility and quantiles were made with, lower-case hex. Null in answers of older services.</summary>
    [JsonPropertyName("volatility_digest"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? VolatilityDigest { get; init; }
}

/// <summary>The members of an ensemble and how they were combined. Lists are in the order of <paramref name="ModelNames"/>.</summary>
/// <param name="Method">The method asked for, or <c>single_model</c> where only one member was left.</param>
/// <param name="ModelsUsed">How many members were combined.</param>
/// <param name="ModelNames">The members' checkpoints.</param>
/// <param name="Weights">Each member's weight; they sum to 1.</param>
/// <param name="IndividualConfidences">Each member's largest probability.</param>
/// <param name="CombinedProbabilities">Bearish, neutral, bullish.</param>
public sealed record EnsembleMetadata(
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("models_used")] int ModelsUsed,
    [property: JsonPropertyName("model_names")] IReadOnlyList<string> ModelNames,
    [property: JsonPropertyName("weights"), JsonConverter(typeof(PlainNumbersConverter))] IReadOnlyList<double> Weights,
    [property: JsonPropertyName("individual_confidences"), JsonConverter(typeof(PlainNumbersConverter))] IReadOnlyList<double> IndividualConfidences,
    [property: JsonPropertyName("combined_probabilities"), JsonConverter(typeof(PlainNumbersConverter))] IReadOnlyList<double> CombinedProbabilities)
{
    /// <summary>Voting only: votes by direction.</summary>
    [JsonPropertyName("vote_counts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? VoteCounts { get; init; }

    /// <summary>Voting only: the majority's share of the votes.</summary>
    [JsonPropertyName("vote_ratio"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(PlainNumberConverter))]
    public double? VoteRatio { get; init; }

    /// <summary>Voting only: each member's direction.</summary>
    [JsonPropertyName("individual_directions"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? IndividualDirections { get; init; }

    /// <summary>Highest confidence only: the chosen member.</summary>
    [JsonPropertyName("selected_model"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SelectedModel { get; init; }

    /// <summary>Highest confidence only: that member's confidence.</summary>
    [JsonPropertyName("selected_confidence"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(PlainNumberConverter))]
    public double? SelectedConfidence { get; init; }

    /// <summary>Highest confidence only: each member's confidence.</summary>
    [JsonPropertyName("all_confidences"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(PlainNumbersConverter))]
    public IReadOnlyList<double>? AllConfidences { get; init; }
}
