using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Coinsphere.Messaging.Plots;

/// <summary>How often the predicted direction was the actual one, over the days before each day, beside the base rate.</summary>
public static class HitRatePlot
{
    /// <summary>The picture as SVG.</summary>
    /// <param name="days">
    /// Each day, ascending: whether its prediction was right, and whether naming the most frequent direction was; null where that is not known.
    /// </param>
    /// <param name="window">Over how many days a rate is.</param>
    /// <param name="baseRate">The base rate of all days, for days that do not say theirs; null where it was not measured.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    public static string Svg(
        IReadOnlyList<(DateOnly Day, bool IsHit, bool? IsBaseRateHit)> days, int window, double? baseRate, double width, double height)
    {
        var plot = Style.Plot("");
        plot.Axes.Add(new DateTimeAxis
        {
            Position = AxisPosition.Bottom,
            StringFormat = "yyyy-MM",
            IntervalLength = 110,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
        });
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Minimum = 0,
            Maximum = 1,
            MajorStep = 0.25,
            MinorTickSize = 0,
            LabelFormatter = value => value.ToString("0 %", plot.Culture),
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
        });
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendLineSpacing = 4 });
        var rate = new LineSeries { Title = $"hit rate, {window} days                    ", Color = Style.Blue, StrokeThickness = 1.5 };
        rate.Points.AddRange(Rates([.. days.Select(day => (day.Day, day.IsHit))], window));
        plot.Series.Add(rate);
        DataPoint[] standard = days.All(day => day.IsBaseRateHit is not null)
            ? [.. Rates([.. days.Select(day => (day.Day, day.IsBaseRateHit == true))], window)]
            : baseRate is { } mean && rate.Points.Count > 0 ? [new(rate.Points[0].X, mean), new(rate.Points[^1].X, mean)] : [];
        if (standard.Length > 0)
        {
            var line = new LineSeries { Title = "base rate          ", Color = OxyColors.Gray, LineStyle = LineStyle.Dash, StrokeThickness = 1.5 };
            line.Points.AddRange(standard);
            plot.Series.Add(line);
        }

        return Style.Svg(plot, width, height);
    }

    private static IEnumerable<DataPoint> Rates(IReadOnlyList<(DateOnly Day, bool IsHit)> days, int window)
    {
        var hits = 0;
        for (var i = 0; i < days.Count; i++)
        {
            hits += days[i].IsHit ? 1 : 0;
            hits -= i >= window && days[i - window].IsHit ? 1 : 0;
            if (i >= window - 1)
            {
                yield return new(DateTimeAxis.ToDouble(days[i].Day.ToDateTime(TimeOnly.MinValue)), (double)hits / window);
            }
        }
    }
}
