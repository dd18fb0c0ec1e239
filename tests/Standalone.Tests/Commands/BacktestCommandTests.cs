using System.Text.Json;
using System.Xml.Linq;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>The program's <c>backtest</c>, on invented prices.</summary>
public sealed class BacktestCommandTests : IDisposable
{
    private static readonly string[] HalfAYear = ["--from", "2024-01-01", "--to", "2024-06-30"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coinsphere-backtest-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Report_HasATableOfEachSymbol_WordsAndPictures()
    {
        var run = await RunAsync(["BTC", "eth", .. HalfAYear, "--svg", Pictures]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains(
            "BTC over 7 days, 2024-01-01 to 2024-06-30: 182 days count, as much evidence as 26 separate ones", run.Output, StringComparison.Ordinal);
        Assert.Contains("ETH over 7 days", run.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"direction right +\d+\.\d % +\d+\.\d % to \d+\.\d % +\d+\.\d % +the most frequent direction +(the same|better|worse|not clearly)", run.Output);
        Assert.Matches(@"interval score +0\.\d{4} +0\.\d{4} to \d\.\d{4} +0\.\d{4} +EWMA +", run.Output);
        Assert.Contains("BTC warning: Prices are synthetic: every one is invented", run.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["BTC-7d.svg", "BTC-7d-reliability.svg", "ETH-7d.svg", "ETH-7d-reliability.svg"])
        {
            Assert.Contains(Path.Combine(Pictures, name), run.Output, StringComparison.Ordinal);
            // A file that is no XML throws.
            Assert.Equal("svg", XDocument.Load(Path.Combine(Pictures, name)).Root!.Name.LocalName);
        }
    }

    [Fact]
    public async Task PriceOfReplayedDays_IsDrawnWithoutAReliability()
    {
        var run = await RunAsync(["BTC", "--from", "2023-01-01", "--to", "2023-03-31", "--timeframe", "30d", "--svg", Pictures]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("BTC warning: No day counts: a model had learnt from all 90; days after 2023-12-31 would count", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Measure", run.Output, StringComparison.Ordinal);
        var picture = await File.ReadAllTextAsync(Path.Combine(Pictures, "BTC-30d.svg"), TestContext.Current.CancellationToken);
        Assert.Contains("replayed", picture, StringComparison.Ordinal);
        Assert.Equal(["BTC-30d.svg"], Directory.GetFiles(Pictures).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Json_IsTheServicesOwn_AndDrawsOnlyWhereAsked()
    {
        var run = await RunAsync(["BTC", "NOPE", .. HalfAYear, "--json"]);

        Assert.Equal(1, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(182, JsonDocument.Parse(lines[0]).RootElement.GetProperty("daily").GetArrayLength());
        Assert.Equal("unsupported_symbol", JsonDocument.Parse(lines[1]).RootElement.GetProperty("reason").GetString());
        Assert.StartsWith("NOPE: unsupported_symbol: ", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Repository.Root, "backtest")));
        Assert.Equal(0, (await RunAsync(["BTC", .. HalfAYear, "--json", "--svg", Pictures])).Code);
        Assert.Equal(2, Directory.GetFiles(Pictures).Length);
    }

    [Theory]
    [InlineData(1, "BTC: invalid_request: from must not be later than to, found 2024-02-01 and 2024-01-01", "--from", "2024-02-01", "--to", "2024-01-01")]
    [InlineData(1, "BTC: unsupported_timeframe: timeframe must be one of 7d, 14d, 30d, found '8d'", "--timeframe", "8d")]
    [InlineData(2, "--from is 'yesterday': expected ", "--from", "yesterday")]
    [InlineData(2, "--form is not an option of backtest: did you mean --from?", "--form", "2024-01-01")]
    public async Task WrongRequest_IsOneLine(int code, string error, params string[] arguments)
    {
        var run = await RunAsync(["BTC", .. arguments]);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.StartsWith(error, run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task FolderThatCannotBeWritten_IsOneLine()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var run = await RunAsync(["BTC", .. HalfAYear, "--svg", Path.Combine(file, "pictures")]);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(file, Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private string Pictures => Path.Combine(_folder.FullName, "pictures");

    private static Task<CommandResult> RunAsync(string[] arguments) => CommandProcess.RunAsync(["backtest", .. arguments]);
}
