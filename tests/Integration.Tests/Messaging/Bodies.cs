using System.Text.Json.Nodes;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>
/// Every message of <c>Contracts</c> as the first release put it on the bus, envelope and all: what processes of that release still send while others are
/// newer. The files are never changed; a new message gets one.
/// </summary>
internal static class Bodies
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "Integration.Tests", "Messaging", "Bodies");

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static JsonObject Of(string message) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{message}.json")))!.AsObject();

    public static string With(string message, string field, JsonNode? value)
    {
        var envelope = Of(message);
        envelope["message"]![field] = value;
        return envelope.ToJsonString();
    }

    public static string Without(string message, string field)
    {
        var envelope = Of(message);
        envelope["message"]!.AsObject().Remove(field);
        return envelope.ToJsonString();
    }
}
