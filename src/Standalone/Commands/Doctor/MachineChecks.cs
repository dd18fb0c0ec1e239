using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>Checks this machine: the ports to listen on, and space and permissions of folders.</summary>
internal sealed class MachineChecks(SettingsReport settings)
{
    // Less than a training or an import writes.
    private const long LeastFreeBytes = 200_000_000;

    private static readonly TimeSpan HttpLimit = TimeSpan.FromSeconds(2);

    public async Task PortsAsync(Check check, CancellationToken cancellationToken)
    {
        await PortAsync(check, "Gateway", "it serves", cancellationToken);
        if (Value("Metrics:Port") is { Length: > 0 } and not "0")
        {
            await PortAsync(check, "Metrics", "metrics are read", cancellationToken);
        }
    }

    private async Task PortAsync(Check check, string section, string use, CancellationToken cancellationToken)
    {
        // A wrong one is a fault of the settings.
        if (!ushort.TryParse(Value($"{section}:Port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return;
        }

        var host = Value($"{section}:Host") is { Length: > 0 } given ? given : "127.0.0.1";
        var place = AskCommand.Text($"{host}:{port}");
        try
        {
            var address = IPAddress.TryParse(host, out var parsed) ? parsed : (await Dns.GetHostAddressesAsync(host, cancellationToken))[0];
            using var listener = new TcpListener(address, port);
            listener.Start();
            check.Ok($"{place}, where {use}, is free");
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (section == "Gateway" && await IsOursAsync(port, cancellationToken))
            {
                check.Note($"{place}: this service runs there already", AskCommand.Text($"'{Usage.Program} doctor --url http://127.0.0.1:{port}' checks it"));
            }
            else
            {
                check.Fault($"{place}, where {use}, is used by another program", $"stop it, or set {SettingNames.Of($"{section}:Port")}");
            }
        }
        catch (SocketException failure)
        {
            check.Fault($"{place} cannot be listened on: {failure.Message}", $"correct {SettingNames.Of($"{section}:Host")} or the port");
        }
    }

    private static async Task<bool> IsOursAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = HttpLimit };
        try
        {
            var health = await http.GetStringAsync(AskCommand.Text($"http://127.0.0.1:{port}/health"), cancellationToken);
            return health.Contains("models_loaded", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public void Disk(Check check)
    {
        var folders = new[] { Value("Models:Folder"), Path.GetDirectoryName(Value("Health:File")), Path.GetTempPath() };
        var isShort = false;
        foreach (var folder in folders.OfType<string>().Where(Directory.Exists).Select(Path.GetFullPath).DistinctBy(folder => new DriveInfo(folder).Name))
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            if (free < LeastFreeBytes)
            {
                isShort = true;
                check.Fault(AskCommand.Text($"{folder} has {free / 1_000_000} MB left"), "free some space");
            }
        }

        if (Path.GetDirectoryName(Value("Health:File")) is { Length: > 0 } health && Directory.Exists(health) && !IsWritable(health))
        {
            check.Fault($"{health} cannot be written to", "let this user write there: Health:File is rewritten every few seconds");
        }

        if (!isShort)
        {
            check.Ok(AskCommand.Text($"at least {LeastFreeBytes / 1_000_000} MB are free"));
        }
    }

    /// <summary>Whether this user can create a file in the folder.</summary>
    public static bool IsWritable(string folder)
    {
        try
        {
            var path = Path.Join(folder, $".doctor-{Guid.NewGuid():N}");
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string Value(string key) => settings.Settings.FirstOrDefault(setting => setting.Key == key)?.Value ?? "";
}
