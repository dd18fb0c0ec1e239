using System.Globalization;
using OxyPlot;

namespace Coinsphere.Messaging.Plots;

/// <summary>What all pictures have in common.</summary>
internal static class Style
{
    public static readonly OxyColor Blue = OxyColor.Parse("#1b6ca8");
    public static readonly OxyColor Red = OxyColor.Parse("#d1495b");
    public static readonly OxyColor Green = OxyColor.Parse("#2e8b57");

    public static PlotModel Plot(string title) => new()
    {
        Title = title.Length == 0 ? null : title,
        TitleFontSize = 13,
        Background = OxyColors.White,
        DefaultFont = "Arial",
        Padding = new(16, 16, 16, 16),
        Culture = CultureInfo.InvariantCulture,
    };

    public static string Svg(PlotModel plot, double width, double height) =>
        new SvgExporter { Width = width, Height = height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot);
}
