using System.Globalization;

namespace Coinsphere.Messaging.Contracts;

public sealed partial class RequestRules
{
    /// <summary>The most years of a backtest.</summary>
    public const int MaxBacktestYears = 5;

    /// <summary>The symbol, horizon and days of a backtest.</summary>
    public Result<BacktestQuery> Check(BacktestRequested request)
    {
        var prediction = Prediction(request.Symbol, request.Timeframe, asOfText: null, asOfSnakeCase: null, explain: false, request.DeadlineMs);
        if (prediction.IsRefused)
        {
            return prediction.Refusal;
        }

        var wrongFrom = Day(request.From, "from", out var from);
        var wrongTo = Day(request.To, "to", out var to);
        if ((wrongFrom ?? wrongTo) is { } wrongDay)
        {
            return wrongDay;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if ((to ?? from) > today)
        {
            return Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"{(to is null ? "from" : "to")} must not lie in the future: it is {today:yyyy-MM-dd} in UTC, found {to ?? from:yyyy-MM-dd}"));
        }

        if ((from ?? to) < EarliestBar)
        {
            return Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"{(from is null ? "to" : "from")} must not lie before {EarliestBar:yyyy-MM-dd}, found {from ?? to:yyyy-MM-dd}"));
        }

        if (from > to)
        {
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"from must not be later than to, found {from:yyyy-MM-dd} and {to:yyyy-MM-dd}"));
        }

        return from is { } first && first.AddYears(MaxBacktestYears) <= (to ?? today)
            ? Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"a backtest has at most {MaxBacktestYears} years, found {from:yyyy-MM-dd} to {to ?? today:yyyy-MM-dd}: ask for the rest in another request"))
            : new BacktestQuery(prediction.Answer.Symbol, prediction.Answer.Timeframe, from, to);
    }
}

/// <summary>A valid backtest request, normalised.</summary>
/// <param name="Symbol">The canonical, supported symbol.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
/// <param name="From">The first UTC day; null: a year before the last.</param>
/// <param name="To">The last UTC day; null: the newest bar's.</param>
public sealed record BacktestQuery(string Symbol, string Timeframe, DateOnly? From, DateOnly? To);
