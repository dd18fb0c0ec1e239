using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>Stops the start with the wrong key and its value. A connection string is never repeated, since it contains a password.</summary>
internal sealed class PricesOptionsValidator : IValidateOptions<PricesOptions>
{
    // The most that one try of a durable request may take (RetryUntilAvailable).
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestKeepFor = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, PricesOptions options)
    {
        var faults = new List<string>();
        if (options.Folder is { } folder && !Directory.Exists(folder))
        {
            faults.Add($"Prices:Folder is '{folder}': expected an existing folder of SYMBOL.csv files");
        }

        if (options.Database is { } database && !DatabaseUrl.TryConvert(database, out _, out var fault))
        {
            faults.Add($"Prices:Database (DATABASE_URL) cannot be used, {fault}: "
                + "expected postgresql://user:password@host:port/database or Npgsql's key=value pairs");
        }

        if (options.Folder is null && options.Database is null && !options.AllowSynthetic)
        {
            faults.Add("no price source is configured: set Prices:Folder to a folder of SYMBOL.csv files, or Prices:Database (DATABASE_URL), "
                + "or Prices:AllowSynthetic to true for invented prices");
        }

        if (SeriesChecks.Fault(options.AcceptedJumps) is { } jumps)
        {
            faults.Add(jumps);
        }

        if (options.MaxAge is { } maxAge && maxAge <= TimeSpan.Zero)
        {
            faults.Add($"Prices:MaxAge is '{maxAge}': expected a positive time span, or nothing for any age");
        }

        if (options.KeepFor < TimeSpan.Zero || options.KeepFor > LongestKeepFor)
        {
            faults.Add($"Prices:KeepFor is '{options.KeepFor}': expected a time span from 0 to {LongestKeepFor}");
        }

        if (options.CommandTimeout <= TimeSpan.Zero || options.CommandTimeout > LongestCommand)
        {
            faults.Add($"Prices:CommandTimeout is '{options.CommandTimeout}': expected a positive time span up to {LongestCommand}");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
