using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.MarketStandIn;
using Npgsql;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>
/// A folder that looks like a checkout, with a database, a virtual host and a port of its own in place of the ones that documents name. Programs that
/// serve run until it is disposed.
/// </summary>
internal sealed class WorkingPlace : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Shims = Path.Combine(AppContext.BaseDirectory, "shims");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("docs-");
    private readonly Broker _broker;
    private readonly int _port = Ports.Free();

    private readonly StandInMarket _market;

    private WorkingPlace(TestDatabase database, Broker broker, StandInMarket market) => (Database, _broker, _market) = (database, broker, market);

    public TestDatabase Database { get; }

    private string Checkout => Path.Combine(_folder.FullName, "checkout");

    private string Work => Path.Combine(_folder.FullName, "work");

    public static async Task<WorkingPlace> CreateAsync(string prices)
    {
        var broker = new Broker();
        await broker.InitializeAsync();
        var place = new WorkingPlace(await TestDatabase.CreateAsync(), broker, await StandInMarket.StartAsync(TimeProvider.System));
        Directory.CreateDirectory(place.Work);
        Directory.CreateDirectory(place.Checkout);
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root);
        foreach (var entry in entries.Where(entry => Path.GetFileName(entry) is not ("run" or "models" or "prices")))
        {
            File.CreateSymbolicLink(Path.Combine(place.Checkout, Path.GetFileName(entry)), entry);
        }

        File.CreateSymbolicLink(Path.Combine(place.Checkout, "run"), Path.Combine(Shims, "run"));
        Copy(Repository.Checkpoints, Path.Combine(place.Checkout, "models", "checkpoints"));
        Copy(prices, Path.Combine(place.Checkout, "prices"));
        return place;
    }

    /// <summary>Runs commands in the checkout, one shell for all of a block.</summary>
    public Task<CommandResult> RunAsync(string commands)
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        return CommandLine.RunAsync(
            "bash",
            ["-e", "-o", "pipefail", "-c", Here(commands)],
            folder: Checkout,
            environment:
            [
                ("PATH", $"{Shims}:{path}"),
                ("DOCS_PATH", path),
                ("DOCS_WORK", Work),
                ("DOCS_PROGRAMS", AppContext.BaseDirectory),
                ("DOCS_PORT", $"{_port}"),
                ("Feed__Binance__Url", $"{_market.Url}"),
                ("Feed__Kraken__Url", $"{_market.Url}"),
                ("DOCS_VHOST", new Uri(_broker.AdminUrl).AbsolutePath[1..]),
            ],
            limit: Limit);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in Directory.EnumerateFiles(Work, "*.pid"))
        {
            var id = int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
            using var process = Process.GetProcesses().FirstOrDefault(process => process.Id == id);
            process?.Kill();
            process?.WaitForExit();
        }

        await _market.DisposeAsync();
        await _broker.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Commands or their output with the addresses that they have here.</summary>
    public string Here(string commands)
    {
        var broker = new Uri(_broker.AdminUrl);
        var database = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        return commands
            .Replace("127.0.0.1:8000", $"127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("localhost:8000", $"127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("localhost:5672/coinsphere", $"{broker.Host}:{broker.Port}{broker.AbsolutePath}", StringComparison.Ordinal)
            .Replace(
                "coinsphere:password@localhost:5432/coinsphere_dev",
                $"{database.Username}:{database.Password}@{database.Host}:{database.Port}/{database.Database}",
                StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
