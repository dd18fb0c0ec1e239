using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>A price file, in the project's own format or another that is recognised.</summary>
internal sealed class CsvTarget : IFuzzTarget
{
    private static readonly DateOnly Today = new(2026, 1, 1);

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes("time,open,high,low,close,volume,market_cap\n" + string.Join('\n', Enumerable.Range(1, 20)
            .Select(day => $"2024-01-{day:00},1.5,2,1,1.75,1000,5e9"))),
        Encoding.UTF8.GetBytes("Date;Open;High;Low;Close;Volume\n02/01/2024;1,5;2;1;1,75;1.000\n03/01/2024;1,5;2;1;1,75;1.000\n"
            + "14/01/2024;1,5;2;1;1,75;1.000\n"),
        Encoding.UTF8.GetBytes("Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD\n1704153600000,2024-01-02,BTC/USD,1,2,1,1,5,9\n"
            + "1704067200000,2024-01-01,BTC/USD,1,2,1,1,5,9\n"),
        Encoding.UTF8.GetBytes("1704067200000,1,2,1,1,5,1704153599999,9,3,1,1,0\n1704153600000,1,2,1,1,5,1704239999999,9,3,1,1,0\n"),
    ];

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. new[]
        {
            "\"", "\"\"", ",", ";", "\t", "\n", "\r", "\r\n", "\0", "-", "NaN", "∞", "1e999", "9999-12-31", "0001-01-01", "2024-01-05", "\uFEFF", "'", "time",
            "close,", "\"\n\"", "T23:59:60Z", "+14:00", "1,234.5", "K", "M", "%", "$", "Jan 05, 2024",
            new string('9', 400), new string(',', 3000), "<html>", "{\"",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe], [0xfe, 0xff], [0x1f, 0x8b], [0xc3],
    ];

    public ValueTask<string> ReadAsync(byte[] input)
    {
        try
        {
            using var stream = new MemoryStream(input);
            var bars = CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today).Series.Bars.Span;
            for (var i = 0; i < bars.Length; i++)
            {
                Assert.Null(BarRules.Check(bars[i]));
                Assert.True(i == 0 || bars[i].Day > bars[i - 1].Day, "days in their order");
            }

            return new("read");
        }
        catch (InvalidMarketDataException refusal)
        {
            Assert.StartsWith("BTC.csv", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            return new(refusal.Message);
        }
    }
}
