using System.Reflection;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A change of the database's tables. Each runs once, in the order of the names.</summary>
internal sealed record Migration(string Name, string Sql)
{
    /// <summary>The migrations of PostgreSQL: the files of the folder Migrations, and of its folder Both.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Read(typeof(Migration).Assembly, "migrations/");

    /// <summary>The migrations of an SQLite file: the files of the folders Migrations/Sqlite and Migrations/Both.</summary>
    public static IReadOnlyList<Migration> OfFile { get; } = Read(typeof(Migration).Assembly, "migrations-sqlite/");

    private static Migration[] Read(Assembly assembly, string own) =>
    [
        .. from resource in assembly.GetManifestResourceNames()
           from prefix in (string[])[own, "migrations-both/"]
           where resource.StartsWith(prefix, StringComparison.Ordinal)
           let name = resource[prefix.Length..]
           orderby name
           select new Migration(name, Text(assembly, resource)),
    ];

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
