using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Reads the file of keys at start and whenever it has changed. While it is damaged or missing, the last good keys stay valid.</summary>
internal sealed class KeysFileWatch(IOptions<AuthOptions> options, CallerTable table, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Condition = "keys";

    // Files are few and small, and not every file system reports changes.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private (DateTime, long)? _stamp;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(options.Value.KeysFile))
        {
            Read(new KeysFile(options.Value.KeysFile));
            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var file = new KeysFile(options.Value.KeysFile!);
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Read(file);
        }
    }

    private void Read(KeysFile file)
    {
        try
        {
            var stamp = file.Stamp();
            if (stamp is null)
            {
                Report($"there is no file '{file.Name}' (Auth:KeysFile): ./run keys add NAME makes it");
                return;
            }

            if (stamp == _stamp)
            {
                return;
            }

            table.Read(file.Read().Where(key => key.RevokedAt is null).Select(key => key.ToCaller()));
            _stamp = stamp;
            conditions.Clear(Condition);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Report($"the file of keys (Auth:KeysFile) cannot be read: {failure.Message}");
        }
    }

    private void Report(string fault)
    {
        if (table.IsKnown)
        {
            conditions.Note(Condition, fault + "; the keys that were read last stay valid");
        }
        else
        {
            conditions.Reason(Condition, fault);
        }
    }
}
