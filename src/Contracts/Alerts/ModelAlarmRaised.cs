using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The scored predictions of a model are worse than the base rate for certain. Published at most once a week for each model by a worker.</summary>
/// <param name="Symbols">The canonical symbols that the model serves.</param>
/// <param name="ModelVersion">The model's version.</param>
/// <param name="RaisedAt">When it was measured.</param>
/// <param name="Excess">How much the model's mean Brier score is above the base rate's.</param>
/// <param name="Predictions">Of how many predictions.</param>
public sealed record ModelAlarmRaised(
    [property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("raised_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset RaisedAt,
    [property: JsonPropertyName("excess"), JsonConverter(typeof(PlainNumberConverter))] double Excess,
    [property: JsonPropertyName("predictions")] int Predictions);
