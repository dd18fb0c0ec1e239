using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Coinsphere.Messaging.Plots;

/// <summary>The range that was predicted for a day, and the day's close.</summary>
/// <param name="TargetDate">The day.</param>
/// <param name="Close">Its close.</param>
/// <param name="Range">The range; null where there was none.</param>
/// <param name="IsReplayed">Whether the prediction is no evidence.</param>
public readonly record struct PredictedRange(DateOnly TargetDate, double Close, (double Low, double High)? Range, bool IsReplayed)
{
    /// <summary>Whether the close is inside the range, ends included; null where there is none.</summary>
    public bool? IsInside => Range is { } range ? Close >= range.Low && Close <= range.High : null;
}

/// <summary>A price over time, in the ranges that were predicted for it; closes outside are marked.</summary>
public static class RangePlot
{
    // Over a smaller factor a logarithmic axis has too few labels.
    private const double LogarithmicFrom = 5;

    // From here on labels are a month apart.
    private const int DaysOfMonths = 150;

    /// <summary>The picture as SVG.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="days">At least one, ascending.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    public static string Svg(string title, IReadOnlyList<PredictedRange> days, double width = 960, double height = 420)
    {
        var plot = Style.Plot(title);
        plot.Axes.Add(DayAxis(days[^1].TargetDate.DayNumber - days[0].TargetDate.DayNumber));
        plot.Axes.Add(PriceAxis(days));
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendLineSpacing = 4 });
        Add(plot, Band("range            ", Style.Blue, 60), days.Where(day => !day.IsReplayed));
        Add(plot, Band("replayed            ", OxyColors.Gray, 50), days.Where(day => day.IsReplayed));
        var closes = new LineSeries { Title = "close     ", Color = OxyColors.Black, StrokeThickness = 1 };
        closes.Points.AddRange(days.Select(day => new DataPoint(At(day.TargetDate), day.Close)));
        plot.Series.Add(closes);
        AddDots(plot, "inside     ", Style.Green, 1.2, days.Where(day => day.IsInside == true));
        AddDots(plot, "outside     ", Style.Red, 2.5, days.Where(day => day.IsInside == false));
        return Style.Svg(plot, width, height);
    }

    private static DateTimeAxis DayAxis(int days) => new()
    {
        Position = AxisPosition.Bottom,
        StringFormat = days < DaysOfMonths ? "MM-dd" : "yyyy-MM",
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColors.WhiteSmoke,
    };

    private static Axis PriceAxis(IReadOnlyList<PredictedRange> days)
    {
        var lowest = days.Min(day => Math.Min(day.Close, day.Range?.Low ?? day.Close));
        var highest = days.Max(day => Math.Max(day.Close, day.Range?.High ?? day.Close));
        Axis axis = highest / lowest < LogarithmicFrom ? new LinearAxis() : new LogarithmicAxis();
        (axis.Position, axis.Title, axis.AxisTitleDistance) = (AxisPosition.Left, "USD", 30);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor) = (LineStyle.Solid, OxyColors.WhiteSmoke);
        return axis;
    }

    private static AreaSeries Band(string title, OxyColor colour, byte opacity) =>
        new() { Title = title, Color = OxyColors.Transparent, Color2 = OxyColors.Transparent, Fill = OxyColor.FromAColor(opacity, colour) };

    private static void Add(PlotModel plot, AreaSeries band, IEnumerable<PredictedRange> days)
    {
        DateOnly? before = null;
        foreach (var day in days)
        {
            if (day.Range is not { } range)
            {
                continue;
            }

            if (before is { } last && day.TargetDate != last.AddDays(1))
            {
                band.Points.Add(DataPoint.Undefined);
                band.Points2.Add(DataPoint.Undefined);
            }

            band.Points.Add(new(At(day.TargetDate), range.Low));
            band.Points2.Add(new(At(day.TargetDate), range.High));
            before = day.TargetDate;
        }

        if (before is not null)
        {
            plot.Series.Add(band);
        }
    }

    private static void AddDots(PlotModel plot, string title, OxyColor colour, double size, IEnumerable<PredictedRange> days)
    {
        var dots = new ScatterSeries { Title = title, MarkerType = MarkerType.Circle, MarkerSize = size, MarkerFill = colour };
        dots.Points.AddRange(days.Select(day => new ScatterPoint(At(day.TargetDate), day.Close)));
        if (dots.Points.Count > 0)
        {
            plot.Series.Add(dots);
        }
    }

    private static double At(DateOnly day) => DateTimeAxis.ToDouble(day.ToDateTime(TimeOnly.MinValue));
}
