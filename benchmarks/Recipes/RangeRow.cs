using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Recipes;

/// <summary>A day of a symbol, and what other ranges said of it.</summary>
internal sealed record RangeRow(string Symbol, int Horizon, RangeDay Day, PriceBand? Former, PriceBand? Rolling, double Drawdown)
{
    public double IsInside => Day.IsInside == true ? 1 : 0;

    public static RangeRow Of(BarSeries history, int days, RangeDay day)
    {
        var known = history.EndingAt(day.Day, VolatilityModel.Bars);
        var after = history.EndingAt(day.Day.AddDays(days), days + 1);
        return new(history.Symbol, days, day, FormerInterval.Of(known, days), RollingQuantiles(known, days), Realised.Drawdown(after.Bars.Span));
    }

    public double Score(double low, double high) => RangeScores.Interval(Day.Close, low, high, Day.Later);

    private static PriceBand? RollingQuantiles(BarSeries known, int days)
    {
        var bars = known.Bars.Span;
        var moves = new List<double>();
        for (var i = Math.Max(0, bars.Length - 365); i + days < bars.Length; i++)
        {
            moves.Add(bars[i + days].Close / bars[i].Close);
        }

        moves.Sort();
        return moves.Count < 60 ? null : new(bars[^1].Close * At(0.05), bars[^1].Close * At(0.95));

        double At(double level) => moves[(int)(level * (moves.Count - 1))];
    }
}
