using System.Globalization;

namespace Coinsphere.Messaging.Integration.Tests.Tls;

/// <summary>A PostgreSQL of a test's own, encrypted, with a certificate that it gets.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Bin = "/usr/lib/postgresql/15/bin";
    private const string Password = "of-a-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postgres-");

    private PostgresServer()
    {
    }

    public int Port { get; } = Ports.Free();

    public static async Task<PostgresServer> StartAsync((string Certificate, string Key) signed)
    {
        var server = new PostgresServer();
        await File.WriteAllTextAsync(server.Path("password"), Password);
        await server.OwnAsync();
        await server.RunAsync("initdb", "-D", server.Path("data"), "-U", "tests", $"--pwfile={server.Path("password")}", "--auth=scram-sha-256", "--no-sync");
        await File.WriteAllTextAsync(server.Path("data/server.crt"), signed.Certificate);
        await File.WriteAllTextAsync(server.Path("data/server.key"), signed.Key);
        await CommandLine.RunAsync("chmod", ["600", server.Path("data/server.key")]);
        await server.OwnAsync();
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        await server.RunAsync(
            "pg_ctl", "-D", server.Path("data"), "-l", server.Path("log"), "-w", "start", "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={server._folder.FullName} -c ssl=on -c fsync=off");
        return server;
    }

    public string Url(string host, string parameters) => $"postgresql://tests:{Password}@{host}:{Port}/postgres?{parameters}";

    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", "-D", Path("data"), "-m", "immediate", "stop");
        _folder.Delete(recursive: true);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    // The server refuses to run as root.
    private async Task OwnAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await CommandLine.RunAsync("chown", ["-R", "postgres", _folder.FullName]);
        }
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        // What the server inherits of a pipe would keep the pipe open.
        string[] command = ["/bin/sh", "-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", $"{Bin}/{program}", .. arguments];
        var result = await (Environment.IsPrivilegedProcess
            ? CommandLine.RunAsync("runuser", ["-u", "postgres", "--", .. command])
            : CommandLine.RunAsync(command[0], command[1..]));
        Assert.True(result.Code == 0, $"{program} ended with {result.Code}: {(File.Exists(Path("log")) ? await File.ReadAllTextAsync(Path("log")) : "")}");
    }
}
