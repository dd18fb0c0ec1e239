using System.Globalization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Validates requests, and turns valid ones into normalised queries. The gateway applies it to callers' requests, and every worker endpoint to each
/// message, since callers on the bus bypass the gateway.
/// </summary>
public sealed partial class RequestRules(SymbolCatalog catalog, TimeProvider time)
{
    /// <summary>The most symbols of a batch.</summary>
    public const int MaxBatch = 200;

    /// <summary>The most predictions of a history.</summary>
    public const int MaxHistory = 500;

    /// <summary>The most predictions that a history skips.</summary>
    public const int MaxOffset = 1_000_000;

    /// <summary>The most days of an accuracy.</summary>
    public const int MaxAccuracyDays = 3650;

    // A year; no queue keeps a request longer.
    private const long MaxDeadlineMs = 31_536_000_000;

    // Older than any price. A default date written by mistake is usually in the year 1.
    private static readonly DateOnly EarliestBar = new(1970, 1, 1);

    /// <summary>The symbols and aliases that the rules use.</summary>
    public SymbolCatalog Catalog => catalog;

    /// <summary>The query of a prediction request.</summary>
    public Result<PredictionQuery> Check(PredictRequested request) =>
        Prediction(request.Symbol, request.Timeframe, request.AsOf, request.AsOfSnakeCase, request.Explain ?? false, request.DeadlineMs);

    /// <summary>The query of an ensemble request.</summary>
    public Result<EnsembleQuery> Check(EnsemblePredictRequested request)
    {
        var prediction = Prediction(request.Symbol, request.Timeframe, request.AsOf, request.AsOfSnakeCase, explain: false, request.DeadlineMs);
        if (prediction.IsRefused)
        {
            return prediction.Refusal;
        }

        var method = EnsembleMethods.All.FirstOrDefault(known => string.Equals(known, request.EnsembleMethod?.Trim(' '), StringComparison.OrdinalIgnoreCase));
        if (method is null)
        {
            return Invalid($"ensemble_method must be one of {string.Join(", ", EnsembleMethods.All)}, found {CallerText.Quoted(request.EnsembleMethod)}");
        }

        if (!(request.MinConfidence is >= 0 and <= 1))
        {
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"min_confidence must be a number from 0 to 1, found {request.MinConfidence}"));
        }

        return new EnsembleQuery(prediction.Answer, method, request.MinConfidence);
    }

    /// <summary>The query of a risk request.</summary>
    public Result<RiskQuery> Check(RiskRequested request)
    {
        if (Symbol(request.Symbol, out var symbol) is { } refusal)
        {
            return refusal;
        }

        if (AsOf(request.AsOf, request.AsOfSnakeCase, out var asOf) is { } wrongDate)
        {
            return wrongDate;
        }

        if (request.PortfolioAllocation is { } allocation and not (>= 0 and <= 1))
        {
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"portfolio_allocation must be a number from 0 to 1, found {allocation}"));
        }

        if (DeadlineMs(request.DeadlineMs) is { } wrongDeadline)
        {
            return wrongDeadline;
        }

        return new RiskQuery(symbol, asOf);
    }

    /// <summary>
    /// The refusal of a bar whose text is not a symbol or whose day is not over, or null. The consumer that writes bars checks their numbers.
    /// </summary>
    public RequestRefused? Check(PriceBarClosed bar, out string canonical)
    {
        if (Symbol(bar.Symbol, out canonical) is { } refusal)
        {
            return refusal;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return bar.Day < EarliestBar || bar.Day >= today
            ? Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"day must lie from {EarliestBar:yyyy-MM-dd} to {today.AddDays(-1):yyyy-MM-dd}, the last UTC day that is over, found {bar.Day:yyyy-MM-dd}"))
            : Correction(bar.Correction);
    }

    /// <summary>The symbol, page and filters of a history request.</summary>
    public Result<HistoryQuery> Check(PredictionHistoryRequested request)
    {
        if (Symbol(request.Symbol, out var symbol) is { } refusal)
        {
            return refusal;
        }

        if (request.Limit is not (>= 1 and <= MaxHistory))
        {
            return Invalid($"limit must be a whole number from 1 to {MaxHistory}, found {request.Limit}");
        }

        if (request.Offset is not (>= 0 and <= MaxOffset))
        {
            return Invalid($"offset must be a whole number from 0 to {MaxOffset}, found {request.Offset}");
        }

        string? timeframe = null;
        if (request.Timeframe is not null && !Timeframes.TryNormalise(request.Timeframe, out timeframe))
        {
            return UnsupportedTimeframe(request.Timeframe);
        }

        var wrongFrom = Day(request.From, "from", out var from);
        var wrongTo = Day(request.To, "to", out var to);
        if ((wrongFrom ?? wrongTo) is { } wrongDay)
        {
            return wrongDay;
        }

        return from > to
            ? Invalid(string.Create(CultureInfo.InvariantCulture, $"from must not be later than to, found {from:yyyy-MM-dd} and {to:yyyy-MM-dd}"))
            : new HistoryQuery(symbol, request.Limit, request.Offset, timeframe, from, to);
    }

    /// <summary>The symbol and days of an accuracy request.</summary>
    public Result<AccuracyQuery> Check(PredictionAccuracyRequested request)
    {
        if (Symbol(request.Symbol, out var symbol) is { } refusal)
        {
            return refusal;
        }

        return request.Days is >= 1 and <= MaxAccuracyDays
            ? new AccuracyQuery(symbol, request.Days, request.IncludeReplays)
            : Invalid($"days must be a whole number from 1 to {MaxAccuracyDays}, found {request.Days}");
    }

    /// <summary>The refusal of a batch that is empty or too large, or null.</summary>
    public static RequestRefused? Batch(int symbols) => symbols is >= 1 and <= MaxBatch
        ? null
        : Invalid($"a batch has 1 to {MaxBatch} symbols, found {symbols}");

    /// <summary>The name of a batch item in the answer: the caller's own text, trimmed and in upper case, so that POL is found under POL.</summary>
    public static string Label(string? symbol) => symbol?.Trim(' ').ToUpperInvariant() ?? "";

    private Result<PredictionQuery> Prediction(
        string? symbolText, string? timeframeText, string? asOfText, string? asOfSnakeCase, bool explain, long? deadlineMs)
    {
        if (SupportedSymbol(symbolText, out var symbol) is { } refusal)
        {
            return refusal;
        }

        if (Timeframe(timeframeText, out var timeframe) is { } noTimeframe)
        {
            return noTimeframe;
        }

        if (AsOf(asOfText, asOfSnakeCase, out var asOf) is { } wrongDate)
        {
            return wrongDate;
        }

        if (DeadlineMs(deadlineMs) is { } wrongDeadline)
        {
            return wrongDeadline;
        }

        return new PredictionQuery(symbol, timeframe, asOf, explain);
    }

    private static RequestRefused? DeadlineMs(long? milliseconds) => milliseconds is null or (>= 1 and <= MaxDeadlineMs)
        ? null
        : Invalid(
            string.Create(CultureInfo.InvariantCulture, $"deadline_ms must be a whole number of milliseconds from 1 to {MaxDeadlineMs}, found {milliseconds}"));

    private RequestRefused? AsOf(string? given, string? snakeCase, out DateOnly? asOf)
    {
        asOf = null;
        if (given is not null && snakeCase is not null && given != snakeCase)
        {
            return Invalid($"asOf and as_of name different days, {CallerText.Quoted(given)} and {CallerText.Quoted(snakeCase)}: give one of them");
        }

        var text = given ?? snakeCase;
        if (text is null)
        {
            return null;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return new(RefusalReason.InvalidAsOf, $"asOf must be a UTC date of the form YYYY-MM-DD, found {CallerText.Quoted(text)}");
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (day > today)
        {
            return new(
                RefusalReason.InvalidAsOf,
                string.Create(CultureInfo.InvariantCulture, $"asOf must not lie in the future: it is {today:yyyy-MM-dd} in UTC, found {day:yyyy-MM-dd}"));
        }

        asOf = day;
        return null;
    }

    private static RequestRefused? Day(string? text, string name, out DateOnly? day)
    {
        day = null;
        if (text is null)
        {
            return null;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read))
        {
            return Invalid($"{name} must be a UTC date of the form YYYY-MM-DD, found {CallerText.Quoted(text)}");
        }

        day = read;
        return null;
    }

    private static RequestRefused UnsupportedTimeframe(string? text) => new(
        RefusalReason.UnsupportedTimeframe, $"timeframe must be one of {string.Join(", ", Timeframes.All)}, found {CallerText.Quoted(text)}");

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);
}

/// <summary>A valid prediction request, normalised.</summary>
/// <param name="Symbol">The canonical, supported symbol.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
/// <param name="AsOf">The last UTC day whose bar may be used; null: now.</param>
/// <param name="Explain">Whether the answer explains the prediction.</param>
public sealed record PredictionQuery(string Symbol, string Timeframe, DateOnly? AsOf, bool Explain = false);

/// <summary>A valid ensemble request, normalised.</summary>
/// <param name="Prediction">What to predict.</param>
/// <param name="Method">One of <see cref="EnsembleMethods.All"/>.</param>
/// <param name="MinConfidence">0..1.</param>
public sealed record EnsembleQuery(PredictionQuery Prediction, string Method, double MinConfidence);

/// <summary>A valid risk request, normalised.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="AsOf">The last UTC day whose bar may be used; null: now.</param>
public sealed record RiskQuery(string Symbol, DateOnly? AsOf);

/// <summary>A valid history request, normalised.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Limit">The most predictions to return.</param>
/// <param name="Offset">How many of the newest to skip.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>; null: all.</param>
/// <param name="From">The first UTC day on which they were made; null: any.</param>
/// <param name="To">The last UTC day on which they were made; null: any.</param>
public sealed record HistoryQuery(string Symbol, int Limit, int Offset = 0, string? Timeframe = null, DateOnly? From = null, DateOnly? To = null);

/// <summary>A valid accuracy request, normalised.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Days">The number of newest days to count.</param>
/// <param name="IncludeReplays">Whether predictions count that were made after the bar of their target date had closed.</param>
public sealed record AccuracyQuery(string Symbol, int Days, bool IncludeReplays = false);
