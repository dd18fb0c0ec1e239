using System.Reflection;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>A section of the configuration that this host reads, and every key there is in it.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Keys">Its keys.</param>
public sealed record SettingSection(string Name, IReadOnlyList<string> Keys)
{
    /// <summary>The section that is bound to options: what can be set of them is a key.</summary>
    public static SettingSection Of<T>(string name) =>
        new(name, [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true)
            .Select(property => property.Name)]);
}
