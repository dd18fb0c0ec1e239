using System.Net;

namespace Coinsphere.Messaging.Tests;

/// <summary>A gateway and its caller.</summary>
internal sealed record RunningGateway(ServiceProcess Process, HttpClient Http) : IAsyncDisposable
{
    public Task ReadyAsync() => Until.True(async () => await IsReadyAsync(), "the gateway is ready");

    public async Task<bool> IsReadyAsync() => (await Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK;

    /// <summary>What it says of its readiness.</summary>
    public async Task<string> ReadinessAsync()
    {
        using var response = await Http.GetAsync("/health/ready");
        return await response.Content.ReadAsStringAsync();
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return Process.DisposeAsync();
    }
}
