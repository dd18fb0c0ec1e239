using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The program's <c>sample</c>, as a process of its own.</summary>
public sealed class SampleCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coinsphere-sample-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Prices => Path.Combine(_folder.FullName, "prices");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Market_IsWrittenForEverySupportedSymbol_AndSaysThatItIsInvented()
    {
        var run = await RunAsync();

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith($"15 files in {Prices}, 2018-01-01 to ", run.Output, StringComparison.Ordinal);
        Assert.Contains("every price is invented", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            SymbolCatalog.Default.Supported.Select(symbol => symbol + ".csv").Order(),
            Directory.GetFiles(Prices).Select(path => Path.GetFileName(path)).Order());
        var lines = await File.ReadAllLinesAsync(Path.Combine(Prices, "ETH.csv"), Cancel);
        Assert.Equal("time,open,high,low,close,volume,market_cap,synthetic", lines[0]);
        Assert.All(lines[1..], line => Assert.EndsWith(",1", line, StringComparison.Ordinal));
        Assert.Equal(DateTime.UtcNow.Date.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), lines[^1].Split(',')[0]);
    }

    [Fact]
    public async Task EarlierSample_IsReplaced_AndRealPricesAreKept()
    {
        Assert.Equal(0, (await RunAsync("btc")).Code);
        Assert.Equal(0, (await RunAsync("BTC")).Code);
        var real = Path.Combine(Prices, "ETH.csv");
        await File.WriteAllTextAsync(real, "time,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n", Cancel);

        var run = await RunAsync("ETH");

        Assert.Equal((1, $"{real} exists, and its prices are not synthetic: expected another folder\n"), (run.Code, run.Errors));
        Assert.Contains("2024-01-01,1,1,1,1,1", await File.ReadAllTextAsync(real, Cancel), StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(params string[] symbols) =>
        CommandLine.RunOwnAsync("Standalone", ["sample", .. symbols, "--to", Prices], _folder.FullName, [], TimeSpan.FromMinutes(1));
}
