using System.Globalization;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Dashboard.Charts;
using Coinsphere.Messaging.Plots;

namespace Coinsphere.Messaging.Dashboard.Tests.Charts;

public partial class PlotTests
{
    private static readonly DateOnly First = new(2024, 6, 1);

    [Fact]
    public void Fan_EndsAtItsQuantilesAndOpensLikeTheRootOfTime()
    {
        var candles = Enumerable.Range(0, 30).Select(i => new Candle(First.AddDays(i), 100, 102, 98, 100)).ToArray();
        var svg = PricePlot.Svg(candles, First.AddDays(29), 16, [new(0.05, 80), new(0.5, 100), new(0.95, 125)], 860, 340);
        // The band is one polygon: its lower edge, then its upper edge backwards.
        var points = Polygon().Match(svg).Groups[1].Value.Split(' ').Select(point => point.Split(',')).Select(xy => (X: Number(xy[0]), Y: Number(xy[1])));
        var widths = points.GroupBy(point => point.X, point => point.Y).OrderBy(group => group.Key).Select(group => group.Max() - group.Min()).ToArray();
        Assert.Equal(33, widths.Length);
        Assert.Equal(0, widths[0], 1);
        // A quarter of the time is half of the way.
        Assert.InRange(widths[8] / widths[32], 0.48, 0.52);
    }

    [Fact]
    public void Prices_WithoutAPredictionHaveNoFan() =>
        Assert.DoesNotMatch(Polygon(), PricePlot.Svg([new(First, 100, 102, 98, 101)], First, 7, [], 860, 340));

    [Fact]
    public void HitRates_BeginWhenTheirWindowIsFull()
    {
        var days = Enumerable.Range(0, 20).Select(i => (First.AddDays(i), i % 2 == 0, (bool?)null)).ToArray();
        Assert.Contains("base rate", HitRatePlot.Svg(days, 10, 0.4, 480, 380), StringComparison.Ordinal);
        Assert.DoesNotContain("base rate", HitRatePlot.Svg(days, 21, 0.4, 480, 380), StringComparison.Ordinal);
        Assert.DoesNotContain("base rate", HitRatePlot.Svg(days, 10, null, 480, 380), StringComparison.Ordinal);
    }

    [Fact]
    public void BaseRate_IsALineOfItsOwnDays()
    {
        var days = Enumerable.Range(0, 40).Select(i => (First.AddDays(i), true, (bool?)(i >= 20))).ToArray();
        // Its last ten days are all right, its first ten all wrong: it crosses the whole plot.
        var svg = HitRatePlot.Svg(days, 10, 0.5, 480, 380);
        Assert.NotEqual(svg, HitRatePlot.Svg([.. days.Select(day => (day.Item1, day.Item2, (bool?)null))], 10, 0.5, 480, 380));
        Assert.Contains("base rate", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Plot_OfAPageHasItsColoursAndIdsOfItsOwn()
    {
        var svg = PricePlot.Svg([new(First, 100, 102, 98, 101)], First, 7, [new(0.05, 90), new(0.5, 100), new(0.95, 110)], 860, 340);
        var (one, other) = (PageSvg.Of(svg, "one").Value, PageSvg.Of(svg, "other").Value);
        Assert.StartsWith("<svg aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 860 340\"", one, StringComparison.Ordinal);
        Assert.Contains("var(--accent)", one, StringComparison.Ordinal);
        Assert.DoesNotContain("rgb(", one, StringComparison.Ordinal);
        var ids = Ids().Matches(one).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(ids);
        Assert.Empty(ids.Intersect(Ids().Matches(other).Select(match => match.Groups[1].Value)));
        Assert.All(Ids().Matches(one), match => Assert.Contains($"url(#{match.Groups[1].Value})", one, StringComparison.Ordinal));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("<polygon points=\"([^\"]+)\"")]
    private static partial Regex Polygon();

    [GeneratedRegex(" id=\"([^\"]+)\"")]
    private static partial Regex Ids();
}
