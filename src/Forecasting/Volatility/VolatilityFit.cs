using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>Fits a <see cref="VolatilityModel"/> on the bars of several symbols.</summary>
public static class VolatilityFit
{
    /// <summary>How far back the distributions of moves and volatilities reach: one cycle of the market.</summary>
    public const int Years = 4;

    private const int FewestDays = 500;

    /// <summary>
    /// The model of the bars up to a day. GARCH by maximum likelihood of normal returns; the autoregressions by least squares over all days; the
    /// distributions of moves from the last four years.
    /// </summary>
    /// <param name="histories">Any; those with fewer than 151 bars up to the day are not used.</param>
    /// <param name="through">The last day to use: no move that ends after it is looked at.</param>
    /// <returns>Null where there are not 500 days to learn from.</returns>
    public static VolatilityModel? Of(IEnumerable<BarSeries> histories, DateOnly through)
    {
        var symbols = histories
            .Select(history => history.EndingAt(through, int.MaxValue))
            .Where(history => history.Bars.Length > VolatilityModel.WarmUp + Horizons.All[^1])
            .Select(history => new Days(history))
            .ToArray();
        if (symbols.Sum(symbol => symbol.Count - VolatilityModel.WarmUp) < FewestDays)
        {
            return null;
        }

        var last = symbols.Max(symbol => symbol.Bars.Span[^1].Day);
        var garch = FitGarch(symbols);
        var hars = Horizons.All.ToDictionary(days => days, days => FitHar(symbols, days));
        var model = new VolatilityModel(
            string.Create(CultureInfo.InvariantCulture, $"v{last:yyyy.M.d}"), last,
            [.. symbols.Select(symbol => symbol.Symbol).Order(StringComparer.Ordinal)], garch,
            hars.ToDictionary(har => har.Key, har => new HorizonModel(har.Value, new(0, 0, 0, 0, 0))), []);
        return model with
        {
            Horizons = hars.ToDictionary(har => har.Key, har => new HorizonModel(har.Value, FitMoves(symbols, model, har.Key, last.AddYears(-Years)))),
            Percentiles = FitPercentiles(symbols, model, last.AddYears(-Years)),
        };
    }

    private static Garch FitGarch(Days[] symbols)
    {
        var (alpha, persistence) = (0.1, 0.95);
        // The likelihood has one maximum, along a flat ridge: a few rounds over ever finer steps are exact enough.
        for (var step = 0.04; step > 0.002; step /= 2)
        {
            var better = true;
            while (better)
            {
                better = false;
                var best = Loss(alpha, persistence);
                (double, double)[] around =
                [
                    (alpha + step, persistence), (alpha - step, persistence), (alpha, persistence + (step / 2)), (alpha, persistence - (step / 2)),
                ];
                foreach (var (a, p) in around)
                {
                    if (a is >= 0.01 and <= 0.4 && p is >= 0.5 and <= 0.995 && a < p && Loss(a, p) is var loss && loss < best)
                    {
                        (best, alpha, persistence, better) = (loss, a, p, true);
                    }
                }
            }
        }

        return new Garch(alpha, persistence - alpha);

        double Loss(double a, double p) => symbols.AsParallel().AsOrdered().Select(symbol =>
        {
            var sum = 0.0;
            var next = DailyForecasts.NextVariances(new Garch(a, p - a), symbol.Variances);
            for (var day = VolatilityModel.WarmUp; day < symbol.Count - 1; day++)
            {
                sum += next[day] > 0 ? Math.Log(next[day]) + (symbol.Variances.Square(day + 1) / next[day]) : 0;
            }

            return sum;
        }).ToArray().Sum();
    }

    private static Har FitHar(Days[] symbols, int days)
    {
        var squares = new LeastSquares(Har.Inputs);
        Span<double> inputs = stackalloc double[Har.Inputs];
        foreach (var symbol in symbols)
        {
            for (var day = VolatilityModel.WarmUp; day + days < symbol.Count; day++)
            {
                var longRun = symbol.Variances.MeanSquare(day, VolatilityModel.WarmUp);
                var actual = Realised.Variance(symbol.Bars.Span.Slice(day, days + 1));
                if (longRun > 0 && actual > 0 && Har.TryInputs(symbol.Variances, day, longRun, inputs))
                {
                    squares.Add(inputs, Math.Log(actual));
                }
            }
        }

        // Bars without ranges cannot tell how ranges count.
        return squares.Count >= FewestDays && squares.Solve() is [var constant, var day1, var week, var month, var long120]
            ? new Har(constant, day1, week, month, long120)
            : VolatilityModel.Default.Horizons[days].Har;
    }

    private static MoveDistribution FitMoves(Days[] symbols, VolatilityModel model, int days, DateOnly after)
    {
        var (moves, drawdowns) = (new List<double>(), new List<double>());
        foreach (var symbol in symbols)
        {
            var bars = symbol.Bars.Span;
            var forecasts = symbol.Forecasts(model, days);
            for (var day = VolatilityModel.WarmUp; day + days < bars.Length; day++)
            {
                if (bars[day].Day > after && bars[day + days].Day == bars[day].Day.AddDays(days) && forecasts.LogVariance(day) is { } logVariance)
                {
                    var deviation = Math.Exp(logVariance / 2);
                    moves.Add(Math.Abs(Math.Log(bars[day + days].Close / bars[day].Close)) / deviation);
                    drawdowns.Add(Realised.Drawdown(bars.Slice(day, days + 1)) / deviation);
                }
            }
        }

        moves.Sort();
        var ninety = Quantile(moves, 0.9);
        return new(Quantile(moves, 0.5), Quantile(moves, 0.8), ninety, moves.Where(move => move >= ninety).Average(), drawdowns.Average());
    }

    private static List<double> FitPercentiles(Days[] symbols, VolatilityModel model, DateOnly after)
    {
        var volatilities = new List<double>();
        foreach (var symbol in symbols)
        {
            var bars = symbol.Bars.Span;
            var forecasts = symbol.Forecasts(model, VolatilityModel.PercentileDays);
            for (var day = VolatilityModel.WarmUp; day < bars.Length; day++)
            {
                if (bars[day].Day > after && forecasts.LogVariance(day) is { } logVariance)
                {
                    volatilities.Add(Math.Exp(logVariance / 2));
                }
            }
        }

        volatilities.Sort();
        return [.. Enumerable.Range(0, 101).Select(percent => Quantile(volatilities, percent / 100.0))];
    }

    private static double Quantile(List<double> sorted, double level)
    {
        var place = level * (sorted.Count - 1);
        var below = (int)place;
        return sorted[below] + ((place - below) * (sorted[Math.Min(below + 1, sorted.Count - 1)] - sorted[below]));
    }

    private sealed class Days(BarSeries series)
    {
        public string Symbol => series.Symbol;

        public ReadOnlyMemory<Bar> Bars => series.Bars;

        public int Count => series.Bars.Length;

        public DailyVariances Variances { get; } = new(series.Bars.Span);

        public DailyForecasts Forecasts(VolatilityModel model, int days) =>
            new(model, Variances, DailyForecasts.NextVariances(model.Garch, Variances), days);
    }
}
