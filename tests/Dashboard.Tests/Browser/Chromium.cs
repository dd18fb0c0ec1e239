using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Coinsphere.Messaging.Dashboard.Tests.Browser.Chromium))]

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>Chromium, and the standalone program with invented prices, for all tests of an assembly.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";

    // A busy machine needs longer than the five seconds of the default.
    private const float PatienceMs = 30_000;

    private IPlaywright _playwright = null!;
    private readonly string _records = Directory.CreateTempSubdirectory("coinsphere-records-").FullName;
    private RunningProgram _service = null!;

    internal IBrowser Browser { get; private set; } = null!;

    internal Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _service = RunningProgram.Start(
            "Standalone",
            ["--port", "0", $"--Models:Folder={Repository.Checkpoints}"],
            environment: [("Records__File", System.IO.Path.Combine(_records, "records.db"))]);
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        // Processes that run as root have no sandbox.
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = ["--no-sandbox"] });
        Url = await _service.ListeningAsync();
        await _service.StartedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAsync();
        _playwright.Dispose();
        await _service.DisposeAsync();
        Directory.Delete(_records, recursive: true);
    }

    internal Task<BrowserPage> OpenAsync(string path, bool hasScripts = true) => BrowserPage.OpenAsync(Browser, new Uri(Url, path), hasScripts);
}
