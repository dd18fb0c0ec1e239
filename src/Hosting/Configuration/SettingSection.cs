using System.Reflection;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>A section of the configuration that this host reads, with all keys it may have.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Keys">Its keys.</param>
public sealed record SettingSection(string Name, IReadOnlyList<string> Keys)
{
    /// <summary>The section of an options type: each settable property is a key.</summary>
    public static SettingSection Of<T>(string name) =>
        new(name, [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true)
            .Select(property => property.Name)]);
}
