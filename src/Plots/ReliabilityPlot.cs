using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Coinsphere.Messaging.Plots;

/// <summary>A probability that was given to a class, and whether the class occurred.</summary>
public readonly record struct GivenProbability(double Probability, bool Occurred);

/// <summary>Reliability diagrams: of the classes that were given about some probability, how many occurred.</summary>
public static class ReliabilityPlot
{
    private const int Bins = 10;
    private static readonly OxyColor[] Colours = [Style.Blue, Style.Red, Style.Green];

    /// <summary>The diagram as SVG.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="curves">One to three, with their names in the legend.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    public static string Svg(
        string title, IEnumerable<(string Name, IReadOnlyCollection<GivenProbability> Given)> curves, double width = 440, double height = 460)
    {
        var plot = Style.Plot(title);
        plot.Axes.Add(Axis(AxisPosition.Bottom, "probability given to a class"));
        plot.Axes.Add(Axis(AxisPosition.Left, "share that occurred"));
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendLineSpacing = 4 });
        plot.Series.Add(new LineSeries { Points = { new(0, 0), new(1, 1) }, Color = OxyColors.Gray, LineStyle = LineStyle.Dash, StrokeThickness = 1 });
        foreach (var ((name, given), colour) in curves.Zip(Colours))
        {
            var curve = new LineSeries { Color = colour, StrokeThickness = 1, Title = $"{name}     " };
            var dots = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerFill = OxyColor.FromAColor(150, colour) };
            foreach (var bin in BinsOf(given))
            {
                curve.Points.Add(new(bin.Given, bin.Occurred));
                dots.Points.Add(new(bin.Given, bin.Occurred, 1.5 + (8 * Math.Sqrt(bin.Share))));
            }

            plot.Series.Add(curve);
            plot.Series.Add(dots);
        }

        return Style.Svg(plot, width, height);
    }

    /// <summary>What was given by tenths: its mean, how often it came, and the share of all that is in the tenth.</summary>
    private static IEnumerable<(double Given, double Occurred, double Share)> BinsOf(IReadOnlyCollection<GivenProbability> given) => given
        .GroupBy(one => Math.Min(Bins - 1, (int)(one.Probability * Bins))).OrderBy(bin => bin.Key)
        .Select(bin => (bin.Average(one => one.Probability), bin.Average(one => one.Occurred ? 1.0 : 0), (double)bin.Count() / given.Count));

    private static LinearAxis Axis(AxisPosition position, string title) =>
        new() { Position = position, Title = title, Minimum = 0, Maximum = 1, MajorStep = 0.25, MinorTickSize = 0, AxisTitleDistance = 12 };
}
