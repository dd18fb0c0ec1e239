using System.Reflection;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A change of the database's tables. Each runs once, in the order of the names.</summary>
internal sealed record Migration(string Name, string Sql)
{
    private const string Prefix = "migrations/";

    /// <summary>The migrations of this worker: the files beside this one.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Read(typeof(Migration).Assembly);

    private static Migration[] Read(Assembly assembly) =>
    [
        .. from resource in assembly.GetManifestResourceNames()
           where resource.StartsWith(Prefix, StringComparison.Ordinal)
           orderby resource
           select new Migration(resource[Prefix.Length..], Text(assembly, resource)),
    ];

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
