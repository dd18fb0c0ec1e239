using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Coinsphere.Messaging.Plots;

/// <summary>A day of prices.</summary>
public readonly record struct Candle(DateOnly Day, double Open, double High, double Low, double Close);

/// <summary>A price at the horizon, and the probability that the actual one is below it.</summary>
public readonly record struct FanQuantile(double Q, double Price);

/// <summary>Candles, and the distribution of the price ahead as a fan that opens like the square root of time.</summary>
public static class PricePlot
{
    private const byte Lightest = 36;
    private const double CandleWidth = 0.7;

    // Daily points make the bow of a square root.
    private const int StepsADay = 2;

    /// <summary>The picture as SVG.</summary>
    /// <param name="candles">At least one, ascending. Those after <paramref name="from"/> show what happened.</param>
    /// <param name="from">The day that the fan starts from; its candle is among them.</param>
    /// <param name="horizon">How many days the fan reaches.</param>
    /// <param name="quantiles">Ascending, symmetric around the median; none means no fan.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    public static string Svg(
        IReadOnlyList<Candle> candles, DateOnly from, int horizon, IReadOnlyList<FanQuantile> quantiles, double width, double height)
    {
        var plot = Style.Plot("");
        plot.Axes.Add(new DateTimeAxis
        {
            Position = AxisPosition.Bottom,
            StringFormat = "MM-dd",
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
            IntervalLength = 90,
        });
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Right,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
            MinimumPadding = 0.04,
            MaximumPadding = 0.04,
        });
        if (candles.LastOrDefault(candle => candle.Day <= from) is { Close: > 0 } last)
        {
            AddFan(plot, last, horizon, quantiles);
        }

        var series = new CandleStickSeries
        {
            IncreasingColor = Style.Green,
            DecreasingColor = Style.Red,
            CandleWidth = CandleWidth,
            StrokeThickness = 1,
        };
        series.Items.AddRange(candles.Select(candle => new HighLowItem(At(candle.Day), candle.High, candle.Low, candle.Open, candle.Close)));
        plot.Series.Add(series);
        return Style.Svg(plot, width, height);
    }

    private static void AddFan(PlotModel plot, Candle last, int horizon, IReadOnlyList<FanQuantile> quantiles)
    {
        for (var i = 0; i < quantiles.Count / 2; i++)
        {
            var band = new AreaSeries
            {
                Color = OxyColors.Transparent,
                Color2 = OxyColors.Transparent,
                Fill = OxyColor.FromAColor(Lightest, Style.Blue),
            };
            band.Points.AddRange(Path(last, horizon, quantiles[i].Price));
            band.Points2.AddRange(Path(last, horizon, quantiles[^(i + 1)].Price));
            plot.Series.Add(band);
        }

        if (quantiles.Count % 2 == 1)
        {
            var median = new LineSeries { Color = Style.Blue, StrokeThickness = 1.5 };
            median.Points.AddRange(Path(last, horizon, quantiles[quantiles.Count / 2].Price));
            plot.Series.Add(median);
        }
    }

    private static IEnumerable<DataPoint> Path(Candle last, int horizon, double price) => Enumerable.Range(0, (horizon * StepsADay) + 1).Select(step =>
        new DataPoint(
            At(last.Day) + ((double)step / StepsADay),
            last.Close * Math.Exp(Math.Log(price / last.Close) * Math.Sqrt((double)step / (horizon * StepsADay)))));

    private static double At(DateOnly day) => DateTimeAxis.ToDouble(day.ToDateTime(TimeOnly.MinValue));
}
