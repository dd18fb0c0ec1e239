using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using Dapper;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Reads recorded predictions and their accuracy.</summary>
internal sealed class RecordReader
{
    private readonly IRecordsSource _source;
    private readonly SymbolCatalog _catalog;
    private readonly IPriceSource _prices;
    private readonly TimeProvider _time;
    private readonly string _historySql;
    private readonly string _countSql;
    private readonly string _scoredSql;
    private readonly string _servingSql;

    public RecordReader(IRecordsSource source, SymbolCatalog catalog, IPriceSource prices, TimeProvider time)
    {
        (_source, _catalog, _prices, _time) = (source, catalog, prices, time);
        var sql = source.Sql;
        var tokens = $"select id from tokens where {sql.HasOneOf("@names")}";
        var filter = $"""
            token_id in ({tokens}) and (cast(@timeframe as text) is null or timeframe = @timeframe)
                and ({sql.Time("@from")} is null or created_at >= {sql.Time("@from")})
                and ({sql.Time("@before")} is null or created_at < {sql.Time("@before")})
            """;
        _historySql = $"""
            select replace(cast(id as text), '-', '') as Id, timeframe as Timeframe, direction as Direction,
                cast(predicted_price as double precision) as PredictedPrice, cast(price_at_prediction as double precision) as PriceAtPrediction,
                cast(coalesce(confidence_score, confidence) as double precision) as Confidence, cast(actual_price as double precision) as ActualPrice,
                was_correct as WasCorrect, cast(accuracy_score as double precision) as AccuracyScore, cast(price_error as double precision) as PriceError,
                {sql.Milliseconds("created_at")} as CreatedAtMs, {sql.Day("target_date")} as TargetDay
            from predictions where {filter}
            order by created_at desc, id
            limit @limit offset @offset
            """;
        _countSql = $"select count(*) from predictions where {filter}";
        // Unless replays count, only what was recorded before the outcome was known: a prediction of a past day, requested later, is not a forecast.
        _scoredSql = $"""
            select timeframe as Timeframe, model_version as ModelVersion, direction as Direction, was_correct as WasCorrect,
                cast(accuracy_score as double precision) as AccuracyScore, cast(price_error as double precision) as PriceError,
                features ->> 'data_as_of' as LastDay, cast(features -> 'probabilities' ->> 'bearish' as double precision) as Bearish,
                cast(features -> 'probabilities' ->> 'neutral' as double precision) as Neutral,
                cast(features -> 'probabilities' ->> 'bullish' as double precision) as Bullish,
                cast(actual_price as double precision) as ActualPrice, cast(features -> 'interval' ->> 'low' as double precision) as RangeLow,
                cast(features -> 'interval' ->> 'high' as double precision) as RangeHigh,
                cast(features -> 'interval' ->> 'level' as double precision) as RangeLevel
            from predictions where token_id in ({tokens})
                and was_correct is not null and direction is not null and target_date >= {sql.Time("@from")}
                and (@includeReplays or created_at < {sql.NextDay("target_date")})
            """;
        // Only what the model predicted that serves now: the one of the newest prediction. A prediction is made after the day that its horizon begins with.
        _servingSql = $"""
            {_scoredSql} and created_at >= {sql.Time("@made")} and features ->> 'model_digest' = (
                select features ->> 'model_digest' from predictions
                where token_id in ({tokens}) and features ->> 'model_digest' is not null order by created_at desc limit 1)
            """;
    }

    /// <summary>A page of a symbol's recorded predictions, newest first.</summary>
    public async Task<PredictionHistory> HistoryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            names = Names(query.Symbol),
            limit = query.Limit,
            offset = query.Offset,
            timeframe = query.Timeframe,
            from = query.From is { } first ? SqlLiteral.Text(first) : null,
            before = query.To is { } last ? SqlLiteral.Text(last.AddDays(1)) : null,
        };
        var history = new CommandDefinition(_historySql, parameters, cancellationToken: cancellationToken);
        var count = new CommandDefinition(_countSql, parameters, cancellationToken: cancellationToken);
        var (rows, total) = await _source.ReadAsync(
            async connection => (await connection.QueryAsync<HistoryRow>(history), await connection.ExecuteScalarAsync<long>(count)), cancellationToken);
        return new PredictionHistory(query.Symbol, [.. rows.Select(row => new RecordedPrediction(
            row.Id, query.Symbol, row.Timeframe, row.Direction, row.PredictedPrice, row.PriceAtPrediction, row.Confidence, row.ActualPrice, row.WasCorrect,
            row.AccuracyScore, row.PriceError, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs), SqlLiteral.Day(row.TargetDay)))], total);
    }

    /// <summary>The accuracy of a symbol's scored predictions, beside the base rate.</summary>
    public async Task<PredictionAccuracy> AccuracyAsync(AccuracyQuery query, CancellationToken cancellationToken)
    {
        var from = SqlLiteral.Text(_time.LastClosedDay().AddDays(1 - query.Days));
        var parameters = new { names = Names(query.Symbol), from, includeReplays = query.IncludeReplays };
        var command = new CommandDefinition(_scoredSql, parameters, cancellationToken: cancellationToken);
        // The connection is returned to the pool before another one reads the prices.
        var rows = await _source.ReadAsync(async connection => (await connection.QueryAsync<ScoredRow>(command)).AsList(), cancellationToken);
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
        var from = _time.LastClosedDay().AddDays(1 - days);
        var parameters = new
        {
            names = Names(symbol),
            from = SqlLiteral.Text(from),
            made = SqlLiteral.Text(from.AddDays(-Horizons.All[^1])),
            includeReplays = false,
        };
        var command = new CommandDefinition(_servingSql, parameters, cancellationToken: cancellationToken);
        var rows = await _source.ReadAsync(async connection => (await connection.QueryAsync<ScoredRow>(command)).AsList(), cancellationToken);
        var scored = await ScoredAsync(symbol, rows, cancellationToken);
        return scored.Count == 0 ? null : new(rows[0].ModelVersion, scored.ConvertAll(one => new ScoredPrediction(
            one.LastDay, one.Horizon, ForecastScore.BrierOf(one.Model, one.Outcome) - ForecastScore.BrierOf(one.BaseRate, one.Outcome))));
    }

    /// <summary>
    /// How the predictions of a symbol turned out whose target date was in the last days, by timeframe. Only those count that can be compared with the base
    /// rate.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, OutcomeCounts>> OutcomeCountsAsync(string symbol, int days, CancellationToken cancellationToken)
    {
        var parameters = new { names = Names(symbol), from = SqlLiteral.Text(_time.LastClosedDay().AddDays(1 - days)), includeReplays = false };
        var command = new CommandDefinition(_scoredSql, parameters, cancellationToken: cancellationToken);
        var rows = await _source.ReadAsync(async connection => (await connection.QueryAsync<ScoredRow>(command)).AsList(), cancellationToken);
        var scored = await ScoredAsync(symbol, rows, cancellationToken);
        return scored.GroupBy(one => one.Row.Timeframe, StringComparer.Ordinal).ToDictionary(group => group.Key, group => new OutcomeCounts(
            group.Count(),
            group.Count(one => one.Row.WasCorrect),
            group.Count(one => Outlook.Of(one.BaseRate).Direction == one.Outcome),
            group.Count(one => one.Row.IsInRange is not null),
            group.Count(one => one.Row.IsInRange is true),
            group.Sum(one => one.Row.IsInRange is null ? 0 : one.Row.RangeLevel!.Value)), StringComparer.Ordinal);
    }

    // The base rate's frequencies are those known on the last day that each prediction used.
    private async Task<List<Scored>> ScoredAsync(string symbol, List<ScoredRow> rows, CancellationToken cancellationToken)
    {
        var known = rows.FindAll(row => row is { LastDay: not null, Bearish: not null, Neutral: not null, Bullish: not null });
        if (known.Count == 0 || await _prices.ReadAsync(symbol, _time.LastClosedDay(), int.MaxValue, cancellationToken) is not { } series)
        {
            return [];
        }

        var outcomes = new Outcomes(series);
        var frequencies = new Dictionary<int, IReadOnlyDictionary<DateOnly, double[]>>();
        var scored = new List<Scored>();
        foreach (var row in known)
        {
            var (day, horizon) = (SqlLiteral.Day(row.LastDay)!.Value, Timeframes.Days(row.Timeframe));
            if (outcomes.Of(day, horizon) is not { } outcome)
            {
                continue;
            }

            if (!frequencies.TryGetValue(horizon, out var rates))
            {
                frequencies[horizon] = rates = outcomes.FrequenciesByDay(horizon);
            }

            scored.Add(new(row, day, horizon, [row.Bearish!.Value, row.Neutral!.Value, row.Bullish!.Value], rates[day], outcome));
        }

        return scored;
    }

    private static ForecastScore? ScoreOf(List<Scored> scored, Func<Scored, double[]> forecast) =>
        scored.Count == 0 ? null : ForecastScore.Of(scored.ConvertAll(one => forecast(one)), scored.ConvertAll(one => one.Outcome));

    private string[] Names(string symbol) => [.. _catalog.NamesOf(symbol)];

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
        public string? TargetDay { get; init; }
    }

    private sealed record Scored(ScoredRow Row, DateOnly LastDay, int Horizon, double[] Model, double[] BaseRate, Direction Outcome);

    private sealed record ScoredRow
    {
        public required string Timeframe { get; init; }
        public required string ModelVersion { get; init; }
        public required string Direction { get; init; }
        public bool WasCorrect { get; init; }
        public double? AccuracyScore { get; init; }
        public double? PriceError { get; init; }
        public string? LastDay { get; init; }
        public double? Bearish { get; init; }
        public double? Neutral { get; init; }
        public double? Bullish { get; init; }
        public double? ActualPrice { get; init; }
        public double? RangeLow { get; init; }
        public double? RangeHigh { get; init; }
        public double? RangeLevel { get; init; }

        // Null where no range was stated.
        public bool? IsInRange => this is { ActualPrice: { } close, RangeLow: { } low, RangeHigh: { } high, RangeLevel: not null }
            ? close >= low && close <= high
            : null;
    }
}

/// <summary>The scored predictions of the model that serves a symbol.</summary>
internal sealed record ServingScores(string ModelVersion, IReadOnlyList<ScoredPrediction> Predictions);

/// <summary>A scored prediction.</summary>
/// <param name="LastDay">The last day that it used.</param>
/// <param name="Horizon">In days.</param>
/// <param name="Excess">Its Brier score less the base rate's: above 0 where it was worse.</param>
internal readonly record struct ScoredPrediction(DateOnly LastDay, int Horizon, double Excess);
