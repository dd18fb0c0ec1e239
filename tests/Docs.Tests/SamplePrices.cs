namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>The sample that <c>./run sample</c> writes, once for all documents.</summary>
public sealed class SamplePrices : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("docs-prices-");

    public string Folder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        var run = await CommandLine.RunOwnAsync("Standalone", ["sample", "--to", Folder]);
        if (run.Code != 0)
        {
            throw new InvalidOperationException(run.Errors);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
