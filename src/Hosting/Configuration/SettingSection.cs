using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>A section of the configuration that this host reads, with all keys it may have.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Keys">Its keys.</param>
public sealed record SettingSection(string Name, IReadOnlyList<string> Keys)
{
    /// <summary>Binds and validates the section's options, whose properties are the effective values; null where it has none.</summary>
    public Func<IServiceProvider, object>? Options { get; init; }

    /// <summary>The section of an options type: each settable property is a key.</summary>
    public static SettingSection Of<T>(string name) where T : class =>
        new(name, [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true)
            .Select(property => property.Name)])
        {
            Options = provider => provider.GetRequiredService<IOptions<T>>().Value,
        };
}
