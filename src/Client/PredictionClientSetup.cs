using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Client;

/// <summary>Reads the options from the configuration, or from the environment where the caller has none, and checks them.</summary>
internal sealed class PredictionClientSetup(IServiceProvider services) : IConfigureOptions<PredictionClientOptions>, IValidateOptions<PredictionClientOptions>
{
    private const string ExpectedUrl = "expected an http or https URL such as http://localhost:8000";

    private static readonly string ExpectedTimeout =
        string.Create(
            CultureInfo.InvariantCulture,
            $"expected whole milliseconds from 1 to {PredictionClientOptions.LongestTimeout.TotalMilliseconds}, such as 30000");

    public void Configure(PredictionClientOptions options)
    {
        if (Text(PredictionClientOptions.UrlKey) is { } url)
        {
            options.Url = Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed : throw Wrong(PredictionClientOptions.UrlKey, url, ExpectedUrl);
        }

        if (Text(PredictionClientOptions.TimeoutKey) is { } timeout)
        {
            options.Timeout = int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(milliseconds)
                : throw Wrong(PredictionClientOptions.TimeoutKey, timeout, ExpectedTimeout);
        }

        options.ApiKey = Text(PredictionClientOptions.ApiKeyKey) ?? options.ApiKey;
    }

    public ValidateOptionsResult Validate(string? name, PredictionClientOptions options)
    {
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            return ValidateOptionsResult.Fail(Message(PredictionClientOptions.UrlKey, options.Url?.OriginalString, ExpectedUrl));
        }

        if (options.Timeout < TimeSpan.FromMilliseconds(1) || options.Timeout > PredictionClientOptions.LongestTimeout)
        {
            return ValidateOptionsResult.Fail(
                Message(PredictionClientOptions.TimeoutKey, options.Timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), ExpectedTimeout));
        }

        // Not its value: it is a secret, and goes into a header.
        return options.ApiKey is null || options.ApiKey.All(c => c is > ' ' and < '\u007f')
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{PredictionClientOptions.ApiKeyKey} has {options.ApiKey.Length} characters: expected visible ASCII without spaces");
    }

    private string? Text(string key)
    {
        var text = services.GetService<IConfiguration>()?[key] ?? Environment.GetEnvironmentVariable(key);
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    private static OptionsValidationException Wrong(string key, string value, string expected) =>
        new(Options.DefaultName, typeof(PredictionClientOptions), [Message(key, value, expected)]);

    private static string Message(string key, string? value, string expected) => $"{key} is '{value}': {expected}";
}
