using System.CommandLine;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The options that say what a server in this process answers from, and the settings that they stand for.</summary>
internal static class Sources
{
    public static Option<string?> Prices() => new("--prices") { Description = "Folder of SYMBOL.csv files; without it Prices:Folder, or the database" };

    public static Option<string?> Database() => new("--database")
    {
        Description = "postgresql://user:password@host:port/database; without it DATABASE_URL"
    };

    public static Option<string?> Models() => new("--models")
    {
        Description = "Folder of the checkpoints; without it MODEL_CHECKPOINT_DIR or models/checkpoints"
    };

    /// <summary>The settings as arguments. A database alone is also the source of prices, whatever folder is configured.</summary>
    public static string[] Arguments(string? prices, string? database, string? models) =>
    [
        .. Argument("Prices:Folder", prices ?? (database is null ? null : "")), .. Argument("Prices:Database", database), .. Argument("Models:Folder", models),
    ];

    /// <summary>A setting as an argument; nothing where it is not given.</summary>
    public static string[] Argument(string key, string? value) => value is null ? [] : [$"--{key}={value}"];
}
