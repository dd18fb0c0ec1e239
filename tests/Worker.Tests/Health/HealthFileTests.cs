using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Health;
using Microsoft.Extensions.DependencyInjection;

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
        await Until.True(() => File.Exists(Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_IsThereWhereTheWorkerCanAnswer(bool isHealthy)
    {
        await File.WriteAllTextAsync(Path, "earlier", Cancel);

        await HealthFile.WriteAsync(Path, isHealthy, ["database: read-only"], Cancel);

        Assert.Equal(isHealthy ? "healthy\ndatabase: read-only\n" : null, File.Exists(Path) ? await File.ReadAllTextAsync(Path, Cancel) : null);
    }

    [Fact]
    public async Task Reason_TakesTheFileAwayAndANoteStaysInIt()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder(), "Health:File", Path, "Health:Seconds", "1");
        var conditions = worker.Services.GetRequiredService<Conditions>();

        conditions.Note("test", "is only a note");
        await Until.True(() => File.Exists(Path) && File.ReadAllText(Path).Contains("test: is only a note", StringComparison.Ordinal));
        conditions.Reason("test", "is a reason");
        await Until.True(() => !File.Exists(Path));
        conditions.Clear("test");
        await Until.True(() => File.Exists(Path));
    }
}
