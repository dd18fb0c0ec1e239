using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

public sealed class PriceFileNameTests : IDisposable
{
    private static readonly DateOnly Today = new(2024, 1, 10);

    private readonly PriceFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BTCUSDT.csv", "BTC")]
    [InlineData("BTCUSDT-1d-2024-01.csv", "BTC")]
    [InlineData("BTCUSDT-1h-2024-01-31.csv", "BTC")]
    [InlineData("BTC-USD.csv", "BTC")]
    [InlineData("BTC_USD.csv", "BTC")]
    [InlineData("SHIB-USD.csv", "SHIB")]
    [InlineData("btc-usd-max.csv", "BTC")]
    [InlineData("Binance_BTCUSDT_d.csv", "BTC")]
    [InlineData("Bitstamp_ETHUSD_2024_1h.csv", "ETH")]
    [InlineData("XXBTZUSD_1440.csv", "BTC")]
    [InlineData("XBTUSD_1440.csv", "BTC")]
    [InlineData("XDGUSD_60.csv", "DOGE")]
    [InlineData("BITSTAMP_BTCUSD, 1D.csv", "BTC")]
    [InlineData("BTC_USDT-1d.csv", "BTC")]
    [InlineData("polusdt.csv", "MATIC")]
    [InlineData("ETH-1d.csv", "ETH")]
    public void PairWithTheDollar_IsItsSymbol(string name, string symbol)
    {
        Assert.True(PriceFileName.TryPair(name, SymbolCatalog.Default, out var pair));
        Assert.Equal(symbol, pair.Symbol);
    }

    [Theory]
    [InlineData("BTC.csv")]
    [InlineData("SHIB.csv")]
    [InlineData("SHIBUSDT.csv")]
    [InlineData("ETHBTC.csv")]
    [InlineData("BTC-EUR.csv")]
    [InlineData("BTC_old.csv")]
    [InlineData("BTCUSDT-1w.csv")]
    [InlineData("BTCUSDT-1d-2024-01.zip")]
    [InlineData("fear_and_greed.csv")]
    [InlineData("BTC-USD (1).csv")]
    [InlineData("_.csv")]
    [InlineData(".csv")]
    public void AnyOtherWord_MakesItNoPair(string name) => Assert.False(PriceFileName.TryPair(name, SymbolCatalog.Default, out _));

    [Fact]
    public async Task Parts_AreOneSeries_AndAChangedPartIsReadAgain()
    {
        _folder.WithDays("BTCUSDT-1d-2023-12.csv", "2023-12-30", "2023-12-31").WithDays("BTCUSDT-1d-2024-01.csv", "2023-12-31", "2024-01-01");
        var source = _folder.Source();
        Assert.Equal("30,31,1", await Closes(source));

        _folder.WithDays("BTCUSDT-1d-2024-01.csv", "2024-01-01", "2024-01-02");
        Assert.Equal("30,31,1,2", await Closes(source));
    }

    [Fact]
    public async Task PartsThatContradictEachOther_AreNamed()
    {
        _folder.WithDays("BTCUSDT-1d-2023-12.csv", "2023-12-31").With("BTCUSDT-1d-2024-01.csv", PriceFolder.Header, PriceFolder.Row("2023-12-31", "2"));
        var source = _folder.Source();

        for (var i = 0; i < 2; i++)
        {
            var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => Closes(source));
            Assert.Equal(
                "BTCUSDT-1d-2023-12.csv and BTCUSDT-1d-2024-01.csv: found different prices of 2023-12-31, expected parts that agree where they overlap",
                fault.Message);
        }

        Assert.Single(_folder.Log.Lines(LogLevel.Error));
    }

    [Theory]
    [InlineData("BTC.csv", "BTCUSDT.csv")]
    [InlineData("BTCUSDT-1d-2024-01.csv", "BTCUSDT-1h-2024-01.csv")]
    [InlineData("BTC-USD.csv", "Binance_BTCUSDT_d.csv")]
    public async Task TwoFilesOfASymbol_AreBothNamed_AndOtherSymbolsAreServed(string one, string other)
    {
        var source = _folder.WithDays(one, "2024-01-01").WithDays(other, "2024-01-01").WithDays("ETH-USD.csv", "2024-01-01").Source();

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => Closes(source));

        Assert.Contains(one, fault.Message, StringComparison.Ordinal);
        Assert.Contains(other, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(await source.ReadAsync("ETH", Today, 1, Cancel));
        await Assert.ThrowsAsync<InvalidMarketDataException>(() => Closes(source));
        Assert.Single(_folder.Log.Lines(LogLevel.Error));

        File.Delete(Path.Combine(_folder.Path, other));
        Assert.Equal("1", await Closes(source));
    }

    [Fact]
    public async Task FileNamedByAPair_IsAlsoFoundByItsWholeName()
    {
        var source = _folder.WithDays("BTCUSDT.csv", "2024-01-01").Source();

        Assert.Equal("BTC", (await source.ReadAsync("BTC", Today, 1, Cancel))!.Symbol);
        Assert.Equal("BTCUSDT", (await source.ReadAsync("BTCUSDT", Today, 1, Cancel))!.Symbol);
    }

    [Fact]
    public async Task FormatOfAFile_IsLoggedOnce()
    {
        var source = _folder.With("BTC-USD.csv", "Date,Open,High,Low,Close,Adj Close,Volume", "2024-01-01,1,2,1,2,2,5", "2024-01-02,1,2,1,2,2,5").Source();

        await Closes(source);
        await Closes(source);

        Assert.Equal("BTC-USD.csv is read as Yahoo, 2024-01-01 to 2024-01-02", Assert.Single(_folder.Log.Entries).Text);
    }

    private static async Task<string> Closes(CsvPriceSource source) =>
        string.Join(',', (await source.ReadAsync("BTC", Today, 100, Cancel))!.Bars.ToArray().Select(bar => bar.Close));
}
