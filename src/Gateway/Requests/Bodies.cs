using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>The body of <c>POST /predict</c>.</summary>
public sealed record PredictBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("timeframe")] string? Timeframe,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null,
    [property: JsonPropertyName("explain")] bool? Explain = null)
{
    internal PredictRequested ToMessage() => new(Symbol!, Timeframe ?? Timeframes.Default) { AsOf = AsOf, AsOfSnakeCase = AsOfSnakeCase, Explain = Explain };
}

/// <summary>The body of <c>POST /predict/ensemble</c>.</summary>
public sealed record EnsembleBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("timeframe")] string? Timeframe,
    [property: JsonPropertyName("ensemble_method")] string? EnsembleMethod,
    [property: JsonPropertyName("min_confidence")] double? MinConfidence,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null)
{
    internal EnsemblePredictRequested ToMessage() => new(Symbol!, Timeframe ?? Timeframes.Default)
    {
        EnsembleMethod = EnsembleMethod ?? EnsembleMethods.Default,
        MinConfidence = MinConfidence ?? EnsembleMethods.DefaultMinConfidence,
        AsOf = AsOf,
        AsOfSnakeCase = AsOfSnakeCase,
    };
}

/// <summary>The body of <c>POST /risk-score</c>.</summary>
public sealed record RiskBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("portfolio_allocation")] double? PortfolioAllocation,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null)
{
    internal RiskRequested ToMessage() => new(Symbol!)
    {
        PortfolioAllocation = PortfolioAllocation,
        AsOf = AsOf,
        AsOfSnakeCase = AsOfSnakeCase,
    };
}

/// <summary>The body of <c>POST /predict/batch</c>.</summary>
public sealed record PredictBatchBody(
    [property: JsonPropertyName("symbols")] IReadOnlyList<string?>? Symbols,
    [property: JsonPropertyName("timeframe")] string? Timeframe,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null,
    [property: JsonPropertyName("explain")] bool? Explain = null);

/// <summary>The body of <c>POST /risk-score/batch</c>.</summary>
public sealed record RiskBatchBody(
    [property: JsonPropertyName("symbols")] IReadOnlyList<string?>? Symbols,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null,
    [property: JsonPropertyName("portfolio_allocation")] double? PortfolioAllocation = null);

/// <summary>The body of <c>POST /risk-score/portfolio</c>.</summary>
public sealed record PortfolioBody(
    [property: JsonPropertyName("holdings")] IReadOnlyList<HoldingBody?>? Holdings,
    [property: JsonPropertyName("asOf")] string? AsOf = null,
    [property: JsonPropertyName("as_of")] string? AsOfSnakeCase = null)
{
    internal PortfolioRiskRequested ToMessage() => new(Holdings is null ? null! : [.. Holdings.Select(holding => holding?.ToMessage()!)])
    {
        AsOf = AsOf,
        AsOfSnakeCase = AsOfSnakeCase,
    };
}

/// <summary>A part of a portfolio.</summary>
public sealed record HoldingBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("weight")] double? Weight)
{
    internal PortfolioHolding ToMessage() => new(Symbol!, Weight);
}

/// <summary>Source-generated JSON of the request bodies.</summary>
[JsonSerializable(typeof(PredictBody))]
[JsonSerializable(typeof(EnsembleBody))]
[JsonSerializable(typeof(RiskBody))]
[JsonSerializable(typeof(PredictBatchBody))]
[JsonSerializable(typeof(RiskBatchBody))]
[JsonSerializable(typeof(PortfolioBody))]
[JsonSerializable(typeof(AlertRuleBody))]
internal sealed partial class BodiesJson : JsonSerializerContext;
