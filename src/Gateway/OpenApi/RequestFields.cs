using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.OpenApi;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>The fields of requests, in bodies, paths and queries: what each means, its type, its limits and its default.</summary>
internal static class RequestFields
{
    public const string HistoryOperation = "GetPredictionHistory";
    public const string BacktestOperation = "GetBacktest";
    public const string BarsOperation = "GetPriceBars";
    public const string AlertsOperation = "GetAlerts";
    public const string AlertRulesOperation = "GetAlertRules";

    /// <summary>The start of the names of all streams.</summary>
    public const string StreamOperations = "Stream";

    private static readonly RequestField AsOf = new(
        JsonSchemaType.String,
        "The UTC date (YYYY-MM-DD) whose bar is the last one used; without it, the newest closed bar. Bars that are newer are never used.")
    {
        Format = "date",
    };

    private static readonly Dictionary<string, RequestField> ByName = new(StringComparer.Ordinal)
    {
        ["symbol"] = new(
            JsonSchemaType.String,
            "A symbol or alias, in any case. Predictions are for the supported symbols, which `GET /health` lists; risk is for any symbol with prices.")
        {
            IsRequired = true,
            Example = "BTC",
        },
        ["symbols"] = new(JsonSchemaType.Array, $"1 to {RequestRules.MaxBatch} symbols or aliases, in any case.")
        {
            IsRequired = true,
            Example = new JsonArray("BTC", "ETH"),
        },
        ["timeframe"] = new(JsonSchemaType.String, "How far ahead the prediction looks.")
        {
            Values = Timeframes.All,
            Default = Timeframes.Default,
            Component = "Timeframe",
        },
        ["asOf"] = AsOf,
        ["as_of"] = AsOf with { Description = "Another spelling of `asOf`. A request that names two different days is refused." },
        ["explain"] = new(JsonSchemaType.Boolean, "Whether the answer has `contributions`: what each feature adds to the probability.")
        {
            Default = false,
            Component = "Explain",
        },
        ["ensemble_method"] = new(JsonSchemaType.String, "How the members are combined.")
        {
            Values = EnsembleMethods.All,
            Default = EnsembleMethods.Default,
            Component = "EnsembleMethod",
        },
        ["min_confidence"] = new(
            JsonSchemaType.Number,
            "Members whose largest probability is below this are dropped, unless that would drop all.")
        {
            Range = (0, 1),
            Default = EnsembleMethods.DefaultMinConfidence,
            Component = "MinConfidence",
        },
        ["portfolio_allocation"] = new(
            JsonSchemaType.Number,
            "The share of a portfolio that is in the symbol, or in each symbol of a batch: the answer then has `portfolio`. It does not change the score.")
        {
            Range = (0, 1),
        },
        ["holdings"] = new(
            JsonSchemaType.Array,
            $"The parts of the portfolio, each of another symbol. Their weights add up to 1, within {RequestRules.WeightTolerance}.")
        {
            IsRequired = true,
            Item = nameof(HoldingBody),
            MostItems = RequestRules.MaxHoldings,
        },
        ["weight"] = new(JsonSchemaType.Number, "The share of the portfolio's value that is in the symbol, above 0.") { IsRequired = true },
        ["limit"] = new(JsonSchemaType.Integer, "The most predictions of a page.")
        {
            Range = (1, RequestRules.MaxHistory),
            Default = PredictionHistoryRequested.DefaultLimit,
        },
        ["offset"] = new(JsonSchemaType.Integer, "How many of the newest predictions to skip.") { Range = (0, RequestRules.MaxOffset), Default = 0 },
        ["from"] = new(JsonSchemaType.String, "Only predictions that were made on this UTC date (YYYY-MM-DD) or later.") { Format = "date" },
        ["to"] = new(JsonSchemaType.String, "Only predictions that were made on this UTC date (YYYY-MM-DD) or earlier.") { Format = "date" },
        ["days"] = new(JsonSchemaType.Integer, "Counts predictions with a target date in the last so many days.")
        {
            Range = (1, RequestRules.MaxAccuracyDays),
            Default = PredictionAccuracyRequested.DefaultDays,
        },
        ["include_replays"] = new(
            JsonSchemaType.Boolean,
            "Whether predictions count that were made after the bar of their target date had closed. They are no forecasts.")
        {
            Default = false,
        },
    };

    // Here it is a filter: without it, all are meant.
    private static readonly RequestField HistoryTimeframe = new(JsonSchemaType.String, "Only predictions of this horizon.") { Values = Timeframes.All };

    private static readonly Dictionary<string, RequestField> OfBacktest = new(StringComparer.Ordinal)
    {
        ["from"] = new(JsonSchemaType.String, "The first UTC date (YYYY-MM-DD); without it, a year before `to`.") { Format = "date" },
        ["to"] = new(
            JsonSchemaType.String,
            $"The last UTC date (YYYY-MM-DD), at most {RequestRules.MaxBacktestYears} years after `from`; without it, the newest bar's.")
        {
            Format = "date",
        },
    };

    private static readonly RequestField LastEventId = new(
        JsonSchemaType.String,
        "The id of the last event that was received: the stream goes on after it. Where it cannot, its first event is `reset`. The header comes before the "
        + "parameter.")
    {
        Example = "1234-9f86d0818850",
    };

    private static readonly Dictionary<string, RequestField> OfStreams = new(StringComparer.Ordinal)
    {
        ["symbols"] = ByName["symbols"] with { IsRequired = false, Description = ByName["symbols"].Description + " Without it, all." },
        ["timeframe"] = new(JsonSchemaType.String, $"Only predictions of these horizons, separated by commas: {string.Join(", ", Timeframes.All)}."),
        ["lastEventId"] = LastEventId,
        ["Last-Event-ID"] = LastEventId,
    };

    private static readonly Dictionary<string, RequestField> OfAlertRule = new(StringComparer.Ordinal)
    {
        ["symbol"] = new(JsonSchemaType.String, "A symbol or alias, in any case; `*` for each symbol on its own.") { IsRequired = true, Example = "BTC" },
        ["when"] = new(JsonSchemaType.String, "The condition that raises an alert each time that it becomes true.")
        {
            IsRequired = true,
            Values = AlertConditions.All,
            Component = "AlertCondition",
        },
        ["value"] = new(
            JsonSchemaType.Number,
            "The threshold: a probability (0..1), a volatility or a width (fractions), a risk score (0..100), or an age in days. For conditions without one, "
            + "null or left out."),
        ["class"] = new(JsonSchemaType.String, "The class whose probability counts: `bearish`, `neutral` or `bullish`."),
        ["timeframe"] = new(
            JsonSchemaType.String, "The horizon of the predictions that count, `7d` where it is left out. Only for conditions of predictions."),
        ["quiet_minutes"] = new(
            JsonSchemaType.Integer,
            "For so many minutes after an alert, the rule raises no other one of the same symbol; 60 where it is left out.")
        {
            Range = (0, RequestRules.MaxQuietMinutes),
        },
        ["webhook"] = new(JsonSchemaType.String, "The http or https URL that alerts are posted to."),
        ["secret"] = new(JsonSchemaType.String, "The secret to sign webhooks with, `whsec_` and base64; without it the rule's is kept, or one is made."),
        ["id"] = new(JsonSchemaType.String, "The same as in the path. New rules get one."),
    };

    private static readonly Dictionary<string, RequestField> OfAlerts = new(StringComparer.Ordinal)
    {
        ["id"] = new(JsonSchemaType.String, "The id of an alert rule.") { IsRequired = true, Example = "1f0c9a7b6e5d4c3b" },
        ["rule"] = new(JsonSchemaType.String, "Only alerts of the rule of this id."),
        ["symbol"] = new(JsonSchemaType.String, "Only those of this symbol; of rules, also those of `*`."),
    };

    private static readonly RequestField DaysOfBars = new(JsonSchemaType.Integer, "The most bars.")
    {
        Range = (1, RequestRules.MaxBars),
        Default = PriceBarsRequested.DefaultDays,
    };

    /// <summary>The field of that name in a body.</summary>
    public static RequestField OfBody(Type body, string name) => body == typeof(AlertRuleBody) ? OfAlertRule[name] : ByName[name];

    /// <summary>The parameter of that name of an operation.</summary>
    public static RequestField Of(string name, string? operation) =>
        operation == HistoryOperation && name == "timeframe" ? HistoryTimeframe
        : operation?.StartsWith(StreamOperations, StringComparison.Ordinal) == true ? OfStreams[name]
        : operation is AlertsOperation or AlertRulesOperation && name is ("limit" or "offset") ? Paged(operation, name)
        : operation?.Contains("Alert", StringComparison.Ordinal) == true && OfAlerts.TryGetValue(name, out var ofAlerts) ? ofAlerts
        : operation == BarsOperation && name == "days" ? DaysOfBars
        : operation == BacktestOperation && OfBacktest.TryGetValue(name, out var field) ? field
        : ByName[name];

    private static RequestField Paged(string operation, string name)
    {
        var items = operation == AlertsOperation ? "alerts" : "rules";
        return name == "limit"
            ? new(JsonSchemaType.Integer, $"The most {items} of a page.")
            {
                Range = (1, RequestRules.MaxAlerts),
                Default = operation == AlertsOperation ? AlertsRequested.DefaultLimit : AlertRulesRequested.DefaultLimit,
            }
            : new(JsonSchemaType.Integer, $"How many {items} to skip.") { Range = (0, RequestRules.MaxOffset), Default = 0 };
    }

    /// <summary>Adds the schemas that fields refer to.</summary>
    public static void AddComponents(OpenApiDocument document)
    {
        foreach (var field in ByName.Values.Concat(OfAlertRule.Values))
        {
            if (field.Component is { } component)
            {
                document.AddComponent(component, field.Schema());
            }
        }
    }
}

/// <summary>A field of a request.</summary>
/// <param name="Type">Its JSON type.</param>
/// <param name="Description">What it means.</param>
internal sealed record RequestField(JsonSchemaType Type, string Description)
{
    public bool IsRequired { get; init; }
    public string? Format { get; init; }
    public IReadOnlyList<string>? Values { get; init; }
    public (int Least, int Most)? Range { get; init; }
    public JsonNode? Default { get; init; }

    /// <summary>
    /// The name of its schema where that is shared. Every field of a body that has a default shares it: some generators take a field with a default of its
    /// own for one that is always there.
    /// </summary>
    public string? Component { get; init; }

    /// <summary>The name of the schema of a list's items; null where they are texts.</summary>
    public string? Item { get; init; }

    /// <summary>The most items of a list.</summary>
    public int MostItems { get; init; } = RequestRules.MaxBatch;

    /// <summary>What a form starts with.</summary>
    public JsonNode? Example { get; init; }

    /// <summary>
    /// The schema of a body's field, or the reference to it. An optional field may be null, so that a client has a value for what it does not send.
    /// </summary>
    public IOpenApiSchema InBody(OpenApiDocument document)
    {
        if (Component is not null)
        {
            return Reference(document);
        }

        var schema = Schema();
        schema.Items = Item is null ? schema.Items : new OpenApiSchemaReference(Item, document);
        return schema;
    }

    /// <summary>The schema of a parameter, or the reference to it.</summary>
    public IOpenApiSchema InParameter(OpenApiDocument? document)
    {
        if (Component is not null && Values is not null)
        {
            return Reference(document);
        }

        var schema = Schema();
        (schema.Type, schema.Description) = (Type, null);
        return schema;
    }

    private OpenApiSchemaReference Reference(OpenApiDocument? document) => new(Component!, document);

    /// <summary>A new schema of a body's field.</summary>
    public OpenApiSchema Schema() => new()
    {
        Type = IsRequired || Values is not null ? Type : Type | JsonSchemaType.Null,
        Description = Description,
        Format = Format ?? Type switch { JsonSchemaType.Number => "double", JsonSchemaType.Integer => "int32", _ => null },
        Enum = Values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList(),
        Minimum = Range?.Least.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Maximum = Range?.Most.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Default = Default?.DeepClone(),
        Items = Type == JsonSchemaType.Array ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
        MinItems = Type == JsonSchemaType.Array ? 1 : null,
        MaxItems = Type == JsonSchemaType.Array ? MostItems : null,
    };
}
