using System.Net;
using Coinsphere.Messaging.Integration.Tests.Messaging;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A gateway and its caller.</summary>
internal sealed record RunningGateway(ServiceProcess Process, HttpClient Http) : IAsyncDisposable
{
    public Task ReadyAsync() => Until.True(async () => await IsReadyAsync(), "the gateway is ready");

    public async Task<bool> IsReadyAsync() => (await Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK;

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return Process.DisposeAsync();
    }
}
