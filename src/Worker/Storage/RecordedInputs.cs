using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Dapper;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A recorded prediction with its recorded inputs.</summary>
/// <param name="Symbol">The name in <c>tokens</c>.</param>
/// <param name="Timeframe">The horizon.</param>
/// <param name="Direction">The predicted direction.</param>
/// <param name="TargetPrice">In USD.</param>
/// <param name="CurrentPrice">In USD.</param>
/// <param name="Probabilities">As in the answer, 6 decimals.</param>
/// <param name="Indicators">As in the answer.</param>
/// <param name="ModelDigest">The digest of the model.</param>
/// <param name="LastDay">The last bar's day.</param>
/// <param name="DataSource">The source of the bars.</param>
/// <param name="SentimentSource">The source of the last bar's sentiment.</param>
/// <param name="InputsDigest">The digest of bars and sentiment; null in older records.</param>
/// <param name="Kernel">The kernel that ran the network; null in older records.</param>
/// <param name="VolatilityDigest">The digest of the volatility model; null in older records.</param>
/// <param name="ExpectedVolatility">As in the answer.</param>
/// <param name="Interval">As in the answer.</param>
internal sealed record RecordedInputs(
    string Symbol, string Timeframe, string Direction, double TargetPrice, double CurrentPrice, ClassProbabilities Probabilities, Indicators Indicators,
    string ModelDigest, DateOnly LastDay, string DataSource, string SentimentSource, string? InputsDigest, string? Kernel,
    string? VolatilityDigest, double? ExpectedVolatility, PriceInterval? Interval)
{
    private const string Sql = """
        select upper(tokens.symbol) as Symbol, predictions.timeframe as Timeframe, predictions.direction as Direction,
            cast(predictions.predicted_price as double precision) as TargetPrice,
            cast(predictions.price_at_prediction as double precision) as CurrentPrice, cast(predictions.features as text) as Features
        from predictions join tokens on tokens.id = predictions.token_id
        where replace(cast(predictions.id as text), '-', '') = @id and predictions.features ->> 'prediction_id' = @id
        """;

    /// <summary>The prediction of an id; null where this service has not recorded it.</summary>
    public static async Task<RecordedInputs?> ReadAsync(IRecordsSource source, string id, CancellationToken cancellationToken)
    {
        var command = new CommandDefinition(Sql, new { id }, cancellationToken: cancellationToken);
        if (await source.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(command), cancellationToken) is not { } row)
        {
            return null;
        }

        using var document = JsonDocument.Parse(row.Features);
        var features = document.RootElement;
        return new RecordedInputs(
            row.Symbol, row.Timeframe, row.Direction, row.TargetPrice, row.CurrentPrice,
            features.GetProperty("probabilities").Deserialize(ContractsJson.Body.ClassProbabilities)!, features.GetProperty("indicators")
                .Deserialize(ContractsJson.Body.Indicators)!,
            Text("model_digest")!,
            DateOnly.ParseExact(Text("data_as_of")!, "yyyy-MM-dd"), Text("data_source")!, Text("sentiment_source")!, Text("inputs_digest"), Text("kernel"),
            Text("volatility_digest"),
            features.TryGetProperty("expected_volatility", out var volatility) && volatility.ValueKind == JsonValueKind.Number ? volatility.GetDouble() : null,
            features.TryGetProperty("interval", out var interval) && interval.ValueKind == JsonValueKind.Object
                ? interval.Deserialize(ContractsJson.Body.PriceInterval)
                : null);

        string? Text(string name) => features.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private sealed record Row
    {
        public required string Symbol { get; init; }
        public required string Timeframe { get; init; }
        public required string Direction { get; init; }
        public double TargetPrice { get; init; }
        public double CurrentPrice { get; init; }
        public required string Features { get; init; }
    }
}
