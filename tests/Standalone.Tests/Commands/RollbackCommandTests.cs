using System.CommandLine;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Standalone.Commands;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Storage.Sqlite;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

public sealed class RollbackCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewestVersion_ServesAgain_AndWhatServedStaysAside()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("BTC_v2.pth", Golden.Bravo).WithModel("BTC_v10.pth", Golden.Charlie);

        var (status, output, errors) = await RunAsync("btc");

        Assert.Equal((0, ""), (status, errors));
        Assert.StartsWith("BTC: BTC_v10.pth serves again, ", output, StringComparison.Ordinal);
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth", "BTC_v2.pth"], Files());
        Assert.Equal(
            (DigestOf(Golden.CheckpointPath(Golden.Charlie)), DigestOf(Golden.CheckpointPath(Golden.Alpha))),
            (DigestOf(PathOf("BTC_best.pth")), DigestOf(PathOf("BTC_candidate.pth"))));
    }

    [Theory]
    [InlineData("ETH", "ETH has no former model: expected ETH_v1.pth or later beside ETH_best.pth")]
    [InlineData("../BTC", "'../BTC' is not a symbol")]
    public async Task SymbolWithoutAFormerModel_IsNamed_AndOthersGoOn(string symbol, string expected)
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("BTC_v1.pth", Golden.Bravo).WithModel("ETH_best.pth", Golden.Alpha);

        var (status, output, errors) = await RunAsync(symbol, "BTC");

        Assert.Equal(1, status);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("BTC_v1.pth serves again", output, StringComparison.Ordinal);
        Assert.Equal(["BTC_best.pth", "BTC_candidate.pth", "ETH_best.pth"], Files());
    }

    [Fact]
    public async Task PooledNetwork_IsRolledBackByItsName()
    {
        _folder.WithModel("pooled_best.pth", Golden.Alpha).WithModel("pooled_v1.pth", Golden.Bravo);

        var (status, output, errors) = await RunAsync("pooled");

        Assert.Equal((0, ""), (status, errors));
        Assert.StartsWith("pooled: pooled_v1.pth serves again, ", output, StringComparison.Ordinal);
        Assert.Equal(["pooled_best.pth", "pooled_candidate.pth"], Files());
    }

    [Fact]
    public async Task Rollback_IsAuditedInTheRecordsFile()
    {
        _folder.WithModel("BTC_best.pth", Golden.Alpha).WithModel("BTC_v1.pth", Golden.Bravo);
        var file = PathOf("records.db");
        new RecordsFile(file, Migration.OfFile).Prepare(DateTimeOffset.UtcNow);
        (string, string?)[] environment = [("Records__File", file)];

        Assert.Equal(0, (await CommandProcess.RunAsync(environment, "rollback", "BTC", "--models", _folder.Models)).Code);
        var audit = await CommandProcess.RunAsync(environment, "audit");

        Assert.Equal("", audit.Errors);
        Assert.Matches("command line +model rolled back +BTC +BTC_v1.pth serves again, digest [0-9a-f]+ *\n1 acts\n$", audit.Output);
    }

    private async Task<(int Status, string Output, string Errors)> RunAsync(params string[] symbols)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var parsed = new RootCommand { RollbackCommand.Create() }.Parse(["rollback", .. symbols, "--models", _folder.Models]);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (status, output.ToString(), errors.ToString());
    }

    private string PathOf(string file) => Path.Combine(_folder.Models, file);

    private static string DigestOf(string path) => CheckpointReader.Read(path).Digest;

    private string[] Files() => [.. Directory.GetFiles(_folder.Models).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
