namespace Coinsphere.Messaging.Client.Tests.Generators;

/// <summary>Runs what generators and their clients need, in a folder of its own that is deleted in the end.</summary>
internal sealed class GeneratedClient : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("generated-client-");

    public void Dispose() => Folder.Delete(recursive: true);

    /// <summary>Copies the files of a folder beside the tests.</summary>
    public void Copy(string name)
    {
        var source = new DirectoryInfo(Path.Combine(Repository.Root, "tests", "Client.Tests", name));
        foreach (var file in source.GetFiles("*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(source.FullName, file.FullName);
            if (path.Split(Path.DirectorySeparatorChar)[0] is not ("node_modules" or "dist"))
            {
                var target = Path.Combine(Folder.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                file.CopyTo(target);
            }
        }
    }

    /// <summary>Writes the service's own document into the folder.</summary>
    public async Task DownloadAsync(Uri service, string path, string file)
    {
        using var http = new HttpClient();
        var document = await http.GetStringAsync(new Uri(service, path), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, file), document, TestContext.Current.CancellationToken);
    }

    public async Task<string> RunAsync(Uri service, string program, params string[] arguments)
    {
        var (code, output, errors) = await CommandLine.RunAsync(
            program, arguments, folder: Folder.FullName, environment: [("ML_SERVICE_URL", service.ToString())], limit: Limit);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{errors}");
        return output;
    }
}
