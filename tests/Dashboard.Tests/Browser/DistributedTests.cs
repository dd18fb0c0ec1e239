using static Microsoft.Playwright.Assertions;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>An open page of a system of several processes, over the broker with the rights that its definitions give.</summary>
public sealed class DistributedTests(Chromium chromium, Broker broker) : IClassFixture<Broker>
{
    [Fact]
    public async Task OpenPage_OutlivesAWorkerAndAGateway()
    {
        var port = Ports.Free();
        var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        var gateway = await ServeAsync(port);
        await using var dashboard = RunningProgram.Start(
            "Dashboard", environment: [("PORT", "0"), ("ML_SERVICE_URL", $"http://127.0.0.1:{port}")]);
        try
        {
            var url = await dashboard.ListeningAsync();
            await using var markets = await BrowserPage.OpenAsync(chromium.Browser, url);
            await using var system = await BrowserPage.OpenAsync(chromium.Browser, new Uri(url, "system"));
            await Expect(markets.Page.Locator(".markets tbody tr")).ToHaveCountAsync(15);
            var workers = system.Page.Locator("section", new() { Has = system.Page.Locator("h2", new() { HasText = "Workers" }) }).Locator("tbody tr");
            await Expect(workers).ToHaveCountAsync(1);
            var first = await workers.Locator("code").InnerTextAsync();
            // A page that is loaded again is without it.
            await markets.Page.EvaluateAsync("document.marker = 1");
            await system.Page.EvaluateAsync("document.marker = 1");

            await worker.KillAsync();
            await worker.DisposeAsync();
            var outage = markets.Page.Locator(".banner.bad");
            await Expect(outage).ToContainTextAsync("no worker has");
            await Expect(workers).ToHaveCountAsync(0);
            await Expect(markets.Page.Locator(".markets tbody tr")).ToHaveCountAsync(15);

            worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
            await Expect(outage).ToBeHiddenAsync();
            await Expect(workers.Filter(new() { HasNotText = first })).ToHaveCountAsync(1);

            await gateway.KillAsync();
            await gateway.DisposeAsync();
            await Expect(outage).ToBeVisibleAsync();
            gateway = await ServeAsync(port);
            await Expect(outage).ToBeHiddenAsync();

            Assert.Equal((1, 1), (await markets.Page.EvaluateAsync<int>("document.marker"), await system.Page.EvaluateAsync<int>("document.marker")));
        }
        finally
        {
            await gateway.DisposeAsync();
            await worker.DisposeAsync();
        }
    }

    private async Task<ServiceProcess> ServeAsync(int port)
    {
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway), ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"));
        http.Dispose();
        return process;
    }
}
