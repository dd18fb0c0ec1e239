using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Reads recorded predictions and their accuracy.</summary>
internal sealed class RecordReader(NpgsqlDataSource database, SymbolCatalog catalog, IPriceSource prices, TimeProvider time)
{
    private static readonly string TokensSql = $"select id from tokens where {TokenSql.HasOneOf("@names")}";

    private static readonly string FilterSql = $"""
        token_id in ({TokensSql}) and (@timeframe::text is null or timeframe = @timeframe)
            and (@from::timestamp is null or created_at >= @from) and (@before::timestamp is null or created_at < @before)
        """;

    private static readonly string HistorySql = $"""
        select replace(id::text, '-', '') as Id, timeframe as Timeframe, direction as Direction, predicted_price::float8 as PredictedPrice,
            price_at_prediction::float8 as PriceAtPrediction, coalesce(confidence_score, confidence)::float8 as Confidence, actual_price::float8 as ActualPrice,
            was_correct as WasCorrect, accuracy_score::float8 as AccuracyScore, price_error::float8 as PriceError,
            (extract(epoch from created_at) * 1000)::bigint as CreatedAtMs, target_date::timestamp as TargetDate
        from predictions where {FilterSql}
        order by created_at desc, id
        limit @limit offset @offset
        """;

    // Unless replays count, only what was recorded before the outcome was known: a prediction of a past day, requested later, is not a forecast.
    private static readonly string ScoredSql = $"""
        select timeframe as Timeframe, model_version as ModelVersion, direction as Direction, was_correct as WasCorrect,
            accuracy_score::float8 as AccuracyScore,
        price_error::float8 as PriceError,
            (features ->> 'data_as_of')::timestamp as LastDay, (features -> 'probabilities' ->> 'bearish')::float8 as Bearish,
            (features -> 'probabilities' ->> 'neutral')::float8 as Neutral, (features -> 'probabilities' ->> 'bullish')::float8 as Bullish
        from predictions where token_id in ({TokensSql})
            and was_correct is not null and direction is not null and target_date >= @from
            and (@includeReplays or created_at < target_date + interval '1 day')
        """;

    // Only what the model predicted that serves now: the one of the newest prediction. A prediction is made after the day that its horizon begins with.
    private static readonly string ServingSql = $"""
        {ScoredSql} and created_at >= @made and features ->> 'model_digest' = (
            select features ->> 'model_digest' from predictions
            where token_id in ({TokensSql}) and features ->> 'model_digest' is not null order by created_at desc limit 1)
        """;

    /// <summary>A page of a symbol's recorded predictions, newest first.</summary>
    public async Task<PredictionHistory> HistoryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            names = Names(query.Symbol),
            limit = query.Limit,
            offset = query.Offset,
            timeframe = query.Timeframe,
            from = query.From?.ToDateTime(TimeOnly.MinValue),
            before = query.To?.AddDays(1).ToDateTime(TimeOnly.MinValue),
        };
        var history = new CommandDefinition(HistorySql, parameters, cancellationToken: cancellationToken);
        var count = new CommandDefinition(
            $"select count(*) from predictions where {FilterSql}",
            parameters,
            cancellationToken: cancellationToken);
        var (rows, total) = await database.ReadAsync(
            async connection => (await connection.QueryAsync<HistoryRow>(history), await connection.ExecuteScalarAsync<long>(count)), cancellationToken);
        return new PredictionHistory(query.Symbol, [.. rows.Select(row => new RecordedPrediction(
            row.Id, query.Symbol, row.Timeframe, row.Direction, row.PredictedPrice, row.PriceAtPrediction, row.Confidence, row.ActualPrice, row.WasCorrect,
            row.AccuracyScore, row.PriceError, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs), row.TargetDate is { } target
                ? DateOnly.FromDateTime(target)
                : null))], total);
    }

    /// <summary>The accuracy of a symbol's scored predictions, beside the base rate.</summary>
    public async Task<PredictionAccuracy> AccuracyAsync(AccuracyQuery query, CancellationToken cancellationToken)
    {
        var from = time.LastClosedDay().AddDays(1 - query.Days).ToDateTime(TimeOnly.MinValue);
        var parameters = new { names = Names(query.Symbol), from, includeReplays = query.IncludeReplays };
        var command = new CommandDefinition(ScoredSql, parameters, cancellationToken: cancellationToken);
        // The connection is returned to the pool before another one reads the prices.
        var rows = await database.ReadAsync(async connection => (await connection.QueryAsync<ScoredRow>(command)).AsList(), cancellationToken);
        var correct = rows.Count(row => row.WasCorrect);
        var scored = await ScoredAsync(query.Symbol, rows, cancellationToken);
        var (model, baseRate) = (ScoreOf(scored, one => one.Model), ScoreOf(scored, one => one.BaseRate));
        return new PredictionAccuracy(
            query.Symbol, $"last {query.Days} days", rows.Count, correct, Percent(correct, rows.Count),
            Mean(rows, row => row.AccuracyScore) is { } score ? Rounding.Decimals(score, 2) : null, Mean(rows, row => row.PriceError) is { } error
                ? Rounding.Price(error)
                : null,
            Parts(rows, row => row.Timeframe), Parts(rows, row => row.Direction),
            scored.Count, Rounded(model?.Brier, 4), Rounded(baseRate?.Brier, 4), Rounded(baseRate?.Accuracy * 100, 2));
    }

    /// <summary>
    /// The scored predictions of the model that serves a symbol, each with how much worse its Brier score was than the base rate's. Null where there is
    /// none.
    /// </summary>
    public async Task<ServingScores?> ServingScoresAsync(string symbol, int days, CancellationToken cancellationToken)
    {
        var from = time.LastClosedDay().AddDays(1 - days);
        var parameters = new
        {
            names = Names(symbol),
            from = from.ToDateTime(TimeOnly.MinValue),
            made = from.AddDays(-Horizons.All[^1]).ToDateTime(TimeOnly.MinValue),
            includeReplays = false,
        };
        var command = new CommandDefinition(ServingSql, parameters, cancellationToken: cancellationToken);
        var rows = await database.ReadAsync(async connection => (await connection.QueryAsync<ScoredRow>(command)).AsList(), cancellationToken);
        var scored = await ScoredAsync(symbol, rows, cancellationToken);
        return scored.Count == 0 ? null : new(rows[0].ModelVersion, scored.ConvertAll(one => new ScoredPrediction(
            one.LastDay, one.Horizon, ForecastScore.BrierOf(one.Model, one.Outcome) - ForecastScore.BrierOf(one.BaseRate, one.Outcome))));
    }

    // The base rate's frequencies are those known on the last day that each prediction used.
    private async Task<List<Scored>> ScoredAsync(string symbol, List<ScoredRow> rows, CancellationToken cancellationToken)
    {
        var known = rows.FindAll(row => row is { LastDay: not null, Bearish: not null, Neutral: not null, Bullish: not null });
        if (known.Count == 0 || await prices.ReadAsync(symbol, time.LastClosedDay(), int.MaxValue, cancellationToken) is not { } series)
        {
            return [];
        }

        var outcomes = new Outcomes(series);
        var frequencies = new Dictionary<int, IReadOnlyDictionary<DateOnly, double[]>>();
        var scored = new List<Scored>();
        foreach (var row in known)
        {
            var (day, horizon) = (DateOnly.FromDateTime(row.LastDay!.Value), Timeframes.Days(row.Timeframe));
            if (outcomes.Of(day, horizon) is not { } outcome)
            {
                continue;
            }

            if (!frequencies.TryGetValue(horizon, out var rates))
            {
                frequencies[horizon] = rates = outcomes.FrequenciesByDay(horizon);
            }

            scored.Add(new(day, horizon, [row.Bearish!.Value, row.Neutral!.Value, row.Bullish!.Value], rates[day], outcome));
        }

        return scored;
    }

    private static ForecastScore? ScoreOf(List<Scored> scored, Func<Scored, double[]> forecast) =>
        scored.Count == 0 ? null : ForecastScore.Of(scored.ConvertAll(one => forecast(one)), scored.ConvertAll(one => one.Outcome));

    private string[] Names(string symbol) => [.. catalog.NamesOf(symbol)];

    private static Dictionary<string, AccuracyPart> Parts(IEnumerable<ScoredRow> rows, Func<ScoredRow, string> name) =>
        rows.GroupBy(name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group =>
        {
            var (total, correct) = (group.Count(), group.Count(row => row.WasCorrect));
            return new AccuracyPart(total, correct, Percent(correct, total)!.Value);
        }, StringComparer.Ordinal);

    private static double? Percent(int part, int total) => total == 0 ? null : Rounding.Decimals(100.0 * part / total, 2);

    private static double? Mean(IEnumerable<ScoredRow> rows, Func<ScoredRow, double?> value) => rows.Average(value);

    private static double? Rounded(double? value, int decimals) => value is { } number ? Rounding.Decimals(number, decimals) : null;

    private sealed record HistoryRow
    {
        public required string Id { get; init; }
        public required string Timeframe { get; init; }
        public string? Direction { get; init; }
        public double PredictedPrice { get; init; }
        public double? PriceAtPrediction { get; init; }
        public double Confidence { get; init; }
        public double? ActualPrice { get; init; }
        public bool? WasCorrect { get; init; }
        public double? AccuracyScore { get; init; }
        public double? PriceError { get; init; }
        public long CreatedAtMs { get; init; }
        public DateTime? TargetDate { get; init; }
    }

    private sealed record Scored(DateOnly LastDay, int Horizon, double[] Model, double[] BaseRate, Direction Outcome);

    private sealed record ScoredRow
    {
        public required string Timeframe { get; init; }
        public required string ModelVersion { get; init; }
        public required string Direction { get; init; }
        public bool WasCorrect { get; init; }
        public double? AccuracyScore { get; init; }
        public double? PriceError { get; init; }
        public DateTime? LastDay { get; init; }
        public double? Bearish { get; init; }
        public double? Neutral { get; init; }
        public double? Bullish { get; init; }
    }
}

/// <summary>The scored predictions of the model that serves a symbol.</summary>
internal sealed record ServingScores(string ModelVersion, IReadOnlyList<ScoredPrediction> Predictions);

/// <summary>A scored prediction.</summary>
/// <param name="LastDay">The last day that it used.</param>
/// <param name="Horizon">In days.</param>
/// <param name="Excess">Its Brier score less the base rate's: above 0 where it was worse.</param>
internal readonly record struct ScoredPrediction(DateOnly LastDay, int Horizon, double Excess);
