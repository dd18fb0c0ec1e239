using static Microsoft.Playwright.Assertions;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>A page that stays open while the service, and the page's own process, are restarted.</summary>
public sealed class OutageTests(Chromium chromium)
{
    [Fact]
    public async Task OpenPage_OutlivesBoth()
    {
        var (servicePort, pagePort) = (Ports.Free(), Ports.Free());
        var service = await ServeAsync(servicePort);
        var dashboard = await ShowAsync(pagePort, servicePort);
        try
        {
            await using var opened = await BrowserPage.OpenAsync(chromium.Browser, new Uri($"http://127.0.0.1:{pagePort}"));
            await Expect(opened.Page.Locator(".markets tbody tr")).ToHaveCountAsync(15);
            var root = opened.Page.Locator("html");
            // A page that is loaded again is without it.
            await root.EvaluateAsync("root => root.dataset.marker = 'first'");

            await service.KillAsync();
            var outage = opened.Page.Locator(".banner.bad");
            await Expect(outage).ToBeVisibleAsync();
            // What was known stays.
            await Expect(opened.Page.Locator(".markets tbody tr")).ToHaveCountAsync(15);

            await service.DisposeAsync();
            service = await ServeAsync(servicePort);
            await Expect(outage).ToBeHiddenAsync();
            await Expect(root).ToHaveAttributeAsync("data-marker", "first");

            await dashboard.KillAsync();
            await Expect(opened.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
            await dashboard.DisposeAsync();
            dashboard = await ShowAsync(pagePort, servicePort);
            await Expect(root).Not.ToHaveAttributeAsync("data-marker", "first");
            await opened.LiveAsync();
            await Expect(opened.Page.Locator(".markets tbody tr")).ToHaveCountAsync(15);
        }
        finally
        {
            await dashboard.DisposeAsync();
            await service.DisposeAsync();
        }
    }

    private static async Task<RunningProgram> ServeAsync(int port)
    {
        var service = RunningProgram.Start("Standalone", ["--port", $"{port}", $"--Models:Folder={Repository.Checkpoints}"]);
        return await OnceAsync(service, service.StartedAsync());
    }

    private static async Task<RunningProgram> ShowAsync(int port, int servicePort)
    {
        var dashboard = RunningProgram.Start("Dashboard", environment: [("PORT", $"{port}"), ("ML_SERVICE_URL", $"http://127.0.0.1:{servicePort}")]);
        return await OnceAsync(dashboard, dashboard.ListeningAsync());
    }

    // A program that does not start is ended all the same.
    private static async Task<RunningProgram> OnceAsync(RunningProgram program, Task started)
    {
        try
        {
            await started;
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }
}
