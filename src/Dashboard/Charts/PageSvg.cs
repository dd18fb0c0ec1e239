using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace Coinsphere.Messaging.Dashboard.Charts;

/// <summary>
/// A plot as a part of the page: it has the width of its place, the colours of the reader's scheme, and ids that no other plot of the page has. What a plot
/// shows is written beside it, so screen readers skip it.
/// </summary>
internal static partial class PageSvg
{
    // The colours of Plots, and the page's names for them.
    private static readonly (string Colour, string Variable)[] Colours =
    [
        ("rgb(255,255,255)", "none"), ("rgb(245,245,245)", "var(--grid)"), ("rgb(27,108,168)", "var(--accent)"), ("rgb(209,73,91)", "var(--down)"),
        ("rgb(46,139,87)", "var(--up)"), ("rgb(128,128,128)", "var(--muted)"),
        // The edges of candles are a darker red and green.
        ("rgb(146,51,63)", "var(--down)"), ("rgb(32,97,60)", "var(--up)"), ("black", "var(--ink)"),
    ];

    /// <summary>The part of the page.</summary>
    /// <param name="svg">A whole SVG file.</param>
    /// <param name="id">A name that no other plot of the page has.</param>
    public static MarkupString Of(string svg, string id)
    {
        var text = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..].Replace("clipPath", $"{id}-clip", StringComparison.Ordinal);
        // The names of elements are not ids.
        text = text.Replace($"<{id}-clip ", "<clipPath ", StringComparison.Ordinal).Replace($"</{id}-clip>", "</clipPath>", StringComparison.Ordinal);
        foreach (var (colour, variable) in Colours)
        {
            text = text.Replace($":{colour}", $":{variable}", StringComparison.Ordinal).Replace($"\"{colour}\"", $"\"{variable}\"", StringComparison.Ordinal);
        }

        text = Size().Replace(text, "<svg aria-hidden=\"true\" focusable=\"false\" viewBox=\"0 0 $1 $2\"", 1);
        return new(Indentation().Replace(Fraction().Replace(text, "$1"), ""));
    }

    [GeneratedRegex("<svg width=\"([0-9.]+)\" height=\"([0-9.]+)\"")]
    private static partial Regex Size();

    // A tenth of a pixel is enough.
    [GeneratedRegex("(\\d+\\.\\d)\\d+(?=[,\" )])")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"(?<=>)\s+(?=<)")]
    private static partial Regex Indentation();
}
