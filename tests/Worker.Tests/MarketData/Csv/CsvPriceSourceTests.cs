using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

public sealed class CsvPriceSourceTests : IDisposable
{
    private static readonly DateOnly Today = new(2024, 1, 10);

    private readonly PriceFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2024-01-05", 2, "4,5")]
    [InlineData("2024-01-05", 100, "3,4,5")]
    [InlineData("2024-01-02", 5, "")]
    [InlineData("2024-02-01", 1, "9")]
    public async Task Window_IsTheNewestBarsUpToTheDay(string lastDay, int count, string closes)
    {
        _folder.WithDays("BTC.csv", Days(3, 9));

        Assert.Equal(closes, await Closes(_folder.Source(), "BTC", DateOnly.Parse(lastDay), count));
    }

    [Fact]
    public async Task OpenDay_IsNoBarUntilItIsOver()
    {
        var source = _folder.WithDays("BTC.csv", Days(8, 12)).Source();
        Assert.Equal("8,9", await Closes(source, "BTC", DateOnly.MaxValue, 10));

        _folder.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("8,9,10", await Closes(source, "BTC", DateOnly.MaxValue, 10));
    }

    [Fact]
    public async Task UnknownSymbol_IsNull()
    {
        var source = _folder.WithDays("BTC.csv", "2024-01-01").Source();

        Assert.Null(await source.ReadAsync("ETH", Today, 1, Cancel));
        Assert.Null(await source.ReadAsync("../BTC", Today, 1, Cancel));
        Assert.Null(await source.ReadAsync("BTC.csv", Today, 1, Cancel));
    }

    [Theory]
    [InlineData("btc.csv", "BTC")]
    [InlineData("Btc.CSV", "BTC")]
    [InlineData("POL.csv", "MATIC")]
    [InlineData("pol.csv", "POL")]
    [InlineData("MATIC.csv", "POL")]
    public async Task FileName_IsFoundInAnyCaseAndByAlias(string fileName, string symbol)
    {
        var series = await _folder.WithDays(fileName, "2024-01-01").Source().ReadAsync(symbol, Today, 1, Cancel);

        Assert.Equal(symbol == "BTC" ? "BTC" : "MATIC", series!.Symbol);
    }

    [Fact]
    public async Task CanonicalFile_ServesBeforeAnAliasOne() =>
        Assert.Equal("1", await Closes(_folder.WithDays("POL.csv", "2024-01-02").WithDays("MATIC.csv", "2024-01-01").Source(), "POL", Today, 1));

    [Fact]
    public void FilesThatAreNoSymbols_AreListedOnceAtStart()
    {
        _folder.WithDays("BTC.csv", "2024-01-01").With("fear_and_greed.csv", "time,score").With("README.md", "hello").Source();

        var entry = Assert.Single(_folder.Log.Entries);
        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.Contains("README.md, fear_and_greed.csv", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FaultyFile_RefusesItsSymbolUntilRepaired()
    {
        var source = _folder.WithDays("ETH.csv", "2024-01-01").With("BTC.csv", PriceFolder.Header, "nonsense").Source();

        for (var i = 0; i < 2; i++)
        {
            var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(async () => await source.ReadAsync("BTC", Today, 1, Cancel));
            Assert.StartsWith("BTC.csv line 2, column open: found 1 fields", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal("1", await Closes(source, "ETH", Today, 1));
        Assert.Single(_folder.Log.Entries, entry => entry.Level == LogLevel.Error);

        _folder.WithDays("BTC.csv", "2024-01-02");
        Assert.Equal("2", await Closes(source, "BTC", Today, 1));
    }

    [Fact]
    public async Task ChangedFile_IsReadAgain()
    {
        var source = _folder.WithDays("BTC.csv", "2024-01-01").Source();
        var first = await source.ReadAsync("BTC", Today, 5, Cancel);
        Assert.Equal(first!.Bars, (await source.ReadAsync("BTC", Today, 5, Cancel))!.Bars);

        _folder.WithDays("BTC.csv", "2024-01-01", "2024-01-02");
        Assert.Equal("1,2", await Closes(source, "BTC", Today, 5));

        File.Delete(Path.Combine(_folder.Path, "BTC.csv"));
        Assert.Null(await source.ReadAsync("BTC", Today, 5, Cancel));
    }

    [Fact]
    public async Task FileAddedLater_IsServed()
    {
        _folder.Time.SetUtcNow(DateTimeOffset.UtcNow.AddDays(1));
        var source = _folder.Source();
        Assert.Null(await source.ReadAsync("BTC", Today, 5, Cancel));

        _folder.WithDays("BTC.csv", "2024-01-01");
        Directory.SetLastWriteTimeUtc(_folder.Path, DateTime.UtcNow.AddSeconds(1));
        Assert.Equal("1", await Closes(source, "BTC", Today, 5));
    }

    [Fact]
    public async Task SymbolicLink_IsJudgedByWhatItLeadsTo()
    {
        // As Kubernetes mounts files: by links within the folder.
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "..data")).FullName;
        _folder.WithDays("..data/prices", "2024-01-01");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "BTC.csv"), Path.Combine(data, "prices"));
        var source = _folder.Source();
        Assert.Equal("1", await Closes(source, "BTC", Today, 5));

        _folder.WithDays("..data/prices", "2024-01-01", "2024-01-02");
        Assert.Equal("1,2", await Closes(source, "BTC", Today, 5));
    }

    [Fact]
    public async Task SymbolicLinkOutOfTheFolder_ShowsNothingOfItsTarget()
    {
        using var elsewhere = new PriceFolder();
        File.WriteAllText(Path.Combine(elsewhere.Path, "data.csv"), "root:secret:0:0");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "BTC.csv"), Path.Combine(elsewhere.Path, "data.csv"));

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => Closes(_folder.Source(), "BTC", Today, 5));

        Assert.Equal("BTC.csv: found a link out of its folder, expected a regular file", fault.Message);
    }

    [Fact]
    public async Task ConcurrentFirstReads_ParseOnce()
    {
        var source = _folder.WithDays("BTC.csv", [.. Days(1, 4), "2024-01-07"]).Source();

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await source.ReadAsync("BTC", Today, 3, Cancel))));

        Assert.All(all, series => Assert.Equal(all[0]!.Bars, series!.Bars));
        Assert.Single(_folder.Log.Entries);
    }

    [Fact]
    public async Task MissingDays_AreAWarningWithFileLineAndDays()
    {
        Assert.Equal("1,2,5", await Closes(_folder.WithDays("BTC.csv", "2024-01-01", "2024-01-02", "2024-01-05").Source(), "BTC", Today, 5));

        var entry = Assert.Single(_folder.Log.Entries);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.Contains("BTC.csv has 2 missing days", entry.Text, StringComparison.Ordinal);
        Assert.Contains("line 4: 2024-01-03..2024-01-04", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OversizedFile_IsRefused()
    {
        using (var file = File.Create(Path.Combine(_folder.Path, "BTC.csv")))
        {
            file.SetLength(CsvTable.MaxBytes + 1);
        }

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(async () => await _folder.Source().ReadAsync("BTC", Today, 1, Cancel));
        Assert.Contains("expected at most 16777216", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderGone_IsAnIOException()
    {
        var source = _folder.WithDays("BTC.csv", "2024-01-01").Source();
        await source.ReadAsync("BTC", Today, 1, Cancel);

        _folder.Dispose();

        await Assert.ThrowsAnyAsync<IOException>(async () => await source.ReadAsync("BTC", Today, 1, Cancel));
    }

    [Fact]
    public async Task LatestPrices_AreTheNewestClosedBars()
    {
        var source = _folder.WithDays("BTC.csv", Days(7, 12)).WithDays("ETH.csv", "2024-01-03").Source();

        Assert.Equal(
            [new("BTC", 9, new(2024, 1, 10, 0, 0, 0, TimeSpan.Zero)), new("ETH", 3, new(2024, 1, 4, 0, 0, 0, TimeSpan.Zero))],
            await source.ReadLatestAsync(["BTC", "NOPE", "eth", "ETH", "?"], Cancel));
    }

    private static string[] Days(int from, int to) => Enumerable.Range(from, to - from + 1).Select(day => $"2024-01-{day:00}").ToArray();

    private static async Task<string> Closes(CsvPriceSource source, string symbol, DateOnly lastDay, int count) =>
        string.Join(',', (await source.ReadAsync(symbol, lastDay, count, Cancel))!.Bars.ToArray().Select(bar => bar.Close));
}
