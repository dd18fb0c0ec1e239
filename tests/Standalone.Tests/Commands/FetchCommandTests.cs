using Coinsphere.Messaging.MarketStandIn;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The command as its user runs it, in a process of its own, with a market that stands in for the exchanges.</summary>
public sealed class FetchCommandTests : IAsyncLifetime
{
    private static readonly DateOnly Yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fetch-");
    private StandInMarket _market = null!;

    private string Prices => Path.Combine(_folder.FullName, "prices");

    public async ValueTask InitializeAsync() => _market = await StandInMarket.StartAsync(TimeProvider.System);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _market.DisposeAsync();
    }

    [Fact]
    public async Task Symbols_AreFetchedToTheDefaultFolder_AndASecondRunHasNothingToDo()
    {
        var first = await RunAsync("fetch", "BTC", "eth", "--from", "binance", "--since", "2020-02-01");
        var second = await RunAsync("fetch", "BTC", "eth", "--from", "binance", "--since", "2020-02-01");

        Assert.Equal((0, ""), (first.Code, first.Errors));
        var days = Yesterday.DayNumber - new DateOnly(2020, 2, 1).DayNumber;
        Assert.Contains($"BTC    {days,6} new,    0 corrected,    0 unchanged, 2020-02-01 to {Yesterday:yyyy-MM-dd}", first.Output, StringComparison.Ordinal);
        Assert.Contains("binance has no bar of ETH for 2020-02-19 (1 day)", first.Output, StringComparison.Ordinal);
        Assert.Contains(":      0 new,    0 corrected,    6 unchanged; nothing to do", second.Output, StringComparison.Ordinal);
        Assert.Equal(["BTC.csv", "ETH.csv"], Directory.GetFiles(Prices).Select(Path.GetFileName).Order());
        Assert.StartsWith(
            "time,open,high,low,close,volume,market_cap\n2020-02-01,", File.ReadAllText(Path.Combine(Prices, "BTC.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SymbolsThatDoNotCome_AreNamed_AndOthersGoOn()
    {
        var run = await RunAsync("fetch", "NOPE", "LUNA", "SOL", "--from", "binance", "--to", Prices);

        Assert.Equal(1, run.Code);
        Assert.Contains(
            "binance does not know the pair NOPEUSDT (-1121 Invalid symbol.): set the name of NOPE by Feed:Pairs:NOPE", run.Errors, StringComparison.Ordinal);
        Assert.Contains("binance does not trade LUNA (LUNAUSDT) any more, status BREAK: its last bar is of 2022-05-13", run.Output, StringComparison.Ordinal);
        Assert.Contains("; 1 not fetched", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Prices, "SOL.csv")));
    }

    [Fact]
    public async Task SourceThatFails_EndsTheRun_WithWhatWasFetched()
    {
        var first = await RunAsync("fetch", "BTC", "--from", "kraken", "--to", Prices);
        _market.Fail(MarketFault.Banned, retryAfter: 3600);

        var second = await RunAsync("fetch", "ETH", "SOL", "--from", "kraken", "--to", Prices);

        Assert.Equal((0, 1), (first.Code, second.Code));
        Assert.Contains(
            "kraken has banned this address for too many requests (418), asks to wait 01:00:00; what was fetched stays",
            second.Errors,
            StringComparison.Ordinal);
        Assert.Contains("0 symbols from kraken", second.Output, StringComparison.Ordinal);
        Assert.Equal(["BTC.csv"], Directory.GetFiles(Prices).Select(Path.GetFileName));
    }

    [Fact]
    public async Task InterruptedRun_LeavesWholeFiles_AndTheNextRunGoesOn()
    {
        var asked = new TaskCompletionSource();
        _market.Asked = request =>
        {
            if (!request.Contains("ETHUSDT", StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        await using (var process = RunningProgram.Start("Standalone", ["fetch", "BTC", "ETH", "--to", Prices], _folder.FullName, Environment))
        {
            await asked.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            process.Send(Signals.Interrupt);
            Assert.Equal(130, await process.ExitAsync());
            Assert.Contains("the same command goes on from there", process.Output, StringComparison.Ordinal);
        }

        Assert.Equal(["BTC.csv"], Directory.GetFiles(Prices).Select(Path.GetFileName));
        _market.Asked = _ => Task.CompletedTask;
        var next = await RunAsync("fetch", "BTC", "ETH", "--to", Prices);

        Assert.Equal(0, next.Code);
        Assert.Contains("BTC         0 new,    0 corrected,    3 unchanged", next.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_GetsTheBars_AndASecondRunHasNothingToDo()
    {
        await using var database = await TestDatabase.CreateAsync();

        var first = await RunAsync("fetch", "BTC", "SHIB", "--since", "2024-01-01", "--database", database.ConnectionString);
        var second = await RunAsync("fetch", "BTC", "SHIB", "--since", "2024-01-01", "--database", database.ConnectionString);

        Assert.Equal((0, ""), (first.Code, first.Errors));
        Assert.Contains("; nothing to do", second.Output, StringComparison.Ordinal);
        var days = Yesterday.DayNumber - new DateOnly(2023, 12, 31).DayNumber;
        Assert.Equal(2 * days, await database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Theory]
    [InlineData(1, "--since is 2999-01-01: expected a day from 2009-01-03 to", "BTC", "--since", "2999-01-01")]
    [InlineData(1, "'B T C' is not a symbol: expected 1 to 15 of A-Z and 0-9", "B T C")]
    [InlineData(2, "--to and --database are both given: expected one of them", "BTC", "--to", "x", "--database", "postgresql://h/d")]
    [InlineData(2, "Argument 'coinbase' not recognized. Must be one of:", "BTC", "--from", "coinbase")]
    public async Task WrongRequest_IsSaidInOneLine(int code, string expected, params string[] arguments)
    {
        var run = await RunAsync(["fetch", .. arguments]);

        Assert.Equal(code, run.Code);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
        Assert.Empty(_market.Requests);
    }

    private (string Key, string? Value)[] Environment =>
    [
        ("DATABASE_URL", null), ("Feed__Binance__Url", _market.Url), ("Feed__Kraken__Url", _market.Url), ("Feed__CoinGecko__Url", _market.Url),
    ];

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", arguments, _folder.FullName, Environment, TimeSpan.FromMinutes(5));
}
