using Coinsphere.Messaging.Worker.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Coinsphere.Messaging.Worker.Tests.Health;

public sealed class HealthFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_folder.Models, "healthy");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Worker_WritesTheFileWhileItsBusIsHealthy()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder(), "Health:File", Path, "Health:Seconds", "1");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));

        while (!File.Exists(Path))
            await pace.WaitForNextTickAsync(limit.Token);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, true)]
    [InlineData(HealthStatus.Degraded, false)]
    [InlineData(HealthStatus.Unhealthy, false)]
    public async Task File_IsThereWhereTheReportIsHealthy(HealthStatus status, bool there)
    {
        await File.WriteAllTextAsync(Path, "earlier", Cancel);

        await HealthFile.WriteAsync(Path, status, Cancel);

        Assert.Equal(there, File.Exists(Path));
    }
}
