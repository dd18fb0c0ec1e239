using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>Section <c>Symbols</c>: the symbols that predictions are made for, the same in every process.</summary>
public sealed class SymbolOptions
{
    /// <summary>
    /// Comma-separated symbols, and <c>top50</c> for those of <see cref="SymbolCatalog.Top50"/>; <c>SUPPORTED_SYMBOLS</c> sets it. Default: <see
    /// cref="SymbolCatalog.Default"/>.
    /// </summary>
    public string? Supported { get; set; }

    /// <summary>Comma-separated <c>ALIAS=SYMBOL</c> pairs; an empty text means none. Default: <c>POL=MATIC</c>.</summary>
    public string Aliases { get; set; } = "POL=MATIC";

    /// <summary>The catalog of these options.</summary>
    /// <exception cref="ArgumentException">A symbol or an alias is not valid.</exception>
    public SymbolCatalog ToCatalog() => new(
        string.IsNullOrWhiteSpace(Supported)
            ? SymbolCatalog.Default.Supported
            : SymbolCatalog.Expand(Supported.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        Aliases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Alias));

    private static KeyValuePair<string, string> Alias(string text) => text.Split('=', StringSplitOptions.TrimEntries) is [var alias, var symbol]
        ? new(alias, symbol)
        : throw new ArgumentException($"'{text}' is not an alias: expected ALIAS=SYMBOL");
}

/// <summary>Registers the symbols and the request rules.</summary>
public static class SymbolServices
{
    /// <summary>Binds <see cref="SymbolOptions"/> and adds <see cref="SymbolCatalog"/> and <see cref="RequestRules"/>.</summary>
    public static IServiceCollection AddSymbols(this IServiceCollection services)
    {
        services.AddOptions<SymbolOptions>().BindConfiguration("Symbols").ValidateSection("Symbols");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SymbolOptions>, SymbolOptionsValidator>());
        services.AddConditions();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<SymbolOptions>>().Value.ToCatalog());
        services.TryAddSingleton<RequestRules>();
        return services;
    }

    private sealed class SymbolOptionsValidator : IValidateOptions<SymbolOptions>
    {
        public ValidateOptionsResult Validate(string? name, SymbolOptions options)
        {
            try
            {
                options.ToCatalog();
                return ValidateOptionsResult.Success;
            }
            catch (ArgumentException wrong)
            {
                return ValidateOptionsResult.Fail($"Symbols:Supported is '{options.Supported}', Symbols:Aliases is '{options.Aliases}': {wrong.Message}");
            }
        }
    }
}
