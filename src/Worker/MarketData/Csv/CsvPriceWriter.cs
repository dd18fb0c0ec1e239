using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Writes the canonical price file: the columns of <see cref="Header"/>, one row per UTC day, ascending. <see cref="CsvPriceFile"/> reads it back
/// equal. A market cap of 0 is an empty cell. A file of invented prices says so in each row.
/// </summary>
internal static class CsvPriceWriter
{
    public const string Header = "time,open,high,low,close,volume,market_cap";

    /// <summary>Writes a file atomically; an existing one is replaced.</summary>
    /// <exception cref="ArgumentException">The series has a source's own change columns, which the canonical file does not have.</exception>
    public static void Write(string path, BarSeries series)
    {
        if (series.HasChange1h || series.HasChange24h)
        {
            throw new ArgumentException($"the series of {series.Symbol} has columns that the canonical file does not have", nameof(series));
        }

        AtomicFile.Write(path, stream => Write(stream, series.Bars.Span, series.IsSynthetic));
    }

    private static void Write(Stream stream, ReadOnlySpan<Bar> bars, bool isSynthetic)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(isSynthetic ? $"{Header},{CsvPriceColumns.SyntheticName}" : Header);
        foreach (ref readonly var bar in bars)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{bar.Day:yyyy-MM-dd},{Text(bar.Open)},{Text(bar.High)},{Text(bar.Low)},{Text(bar.Close)},{Text(bar.Volume)},"
                    + $"{(bar.MarketCap == 0 ? "" : Text(bar.MarketCap))}{(isSynthetic ? ",1" : "")}"));
        }
    }

    // The shortest digits that read back equal, without an exponent where a decimal has the range: programs other than this one read the file too.
    private static string Text(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) && Math.Abs(value) is >= 1e-12 and < 1e28
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : text;
    }
}
