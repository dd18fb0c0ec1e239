using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

public sealed class CsvPriceWriterTests : IDisposable
{
    private static readonly DateOnly First = new(2024, 1, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("prices-");

    private string BtcFile => Path.Combine(_folder.FullName, "BTC.csv");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void File_IsTheCanonicalOne_WithoutExponents()
    {
        CsvPriceWriter.Write(BtcFile, new BarSeries("BTC", new Bar[]
        {
            new(First, 42_283.58, 44_184.1, 42_180.77, 44_179.55, 1_181_123_456.25) { MarketCap = 865_000_000_000 },
            new(First.AddDays(2), 0.00001023, 0.000011, 0.00001, 0.0000105, 1e20),
        }));

        Assert.Equal(
            """
            time,open,high,low,close,volume,market_cap
            2024-01-01,42283.58,44184.1,42180.77,44179.55,1181123456.25,865000000000
            2024-01-03,0.00001023,0.000011,0.00001,0.0000105,100000000000000000000,

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(BtcFile));
    }

    [Fact]
    public void File_ReadsBackEqual() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Price, NonNegativeInt Volume, NonNegativeInt Cap)[]>(), rows =>
    {
        var bars = rows.Select((row, i) => new Bar(
            First.AddDays(i), Price(row.Price) * 1.1, Price(row.Price) * 1.3, Price(row.Price) / 3, Price(row.Price), row.Volume.Get * 1.7)
        {
            MarketCap = (row.Cap.Get + 1) * 1e9 / 7
        }).ToArray();

        CsvPriceWriter.Write(BtcFile, new BarSeries("BTC", bars));

        using var file = File.OpenRead(BtcFile);
        Assert.Equal(bars, CsvPriceFile.Parse(file, "BTC.csv", "BTC", new(2030, 1, 1)).Series.Bars.ToArray());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void FileThatCannotBeReplaced_LeavesTheOldOneAndNothingElse()
    {
        CsvPriceWriter.Write(BtcFile, new BarSeries("BTC", new Bar[] { new(First, 1, 1, 1, 1, 1) }));
        var before = File.ReadAllText(BtcFile);

        Assert.Throws<ArgumentException>(() => CsvPriceWriter.Write(BtcFile, new BarSeries("BTC", new Bar[] { new(First, 2, 2, 2, 2, 2) }, HasChange1h: true)));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "ETH.csv"));
        Assert.ThrowsAny<Exception>(() => CsvPriceWriter.Write(Path.Combine(_folder.FullName, "ETH.csv"), new BarSeries("ETH", Array.Empty<Bar>())));

        Assert.Equal(before, File.ReadAllText(BtcFile));
        Assert.Equal([BtcFile], Directory.GetFiles(_folder.FullName));
    }

    // From tiny prices to large ones.
    private static double Price(PositiveInt number) => number.Get * Math.Pow(10, (number.Get % 12) - 8) / 3;
}
