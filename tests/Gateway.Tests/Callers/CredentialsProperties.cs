using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Keys;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>Whatever the headers hold, they are a key, no key, or a fault in words.</summary>
public sealed class CredentialsProperties
{
    private static readonly string[] Parts =
    [
        "Bearer", "bearer ", "Basic ", "Digest ", " ", "", "\t", ":", "Om8=", "YTpi", "====", "cs_", ApiKey.Make().Key, "\u00ff", "\0", "é", "🚀", "\ud800",
        new string('a', 9000), ",", "Bearer Bearer ",
    ];

    private static readonly Gen<string> Headers = Gen.Elements(Parts).ListOf().Select(parts => string.Concat(parts));

    [Fact]
    public void AnyHeaders_AreReadOrRefusedInWords() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Headers.ListOf().Zip(Headers.ListOf())), pair =>
        {
            var found = Credentials.Read(new HeaderDictionary
            {
                ["Authorization"] = new StringValues([.. pair.Item1.Take(3)]),
                ["X-API-Key"] = new StringValues([.. pair.Item2.Take(3)]),
            });
            return found.Fault is null ? found.Text is null or { Length: <= 8192 } : found.Text is null && found.Fault.Length is > 10 and < 200;
        }));

    [Fact]
    public void ChangedKey_IsNoKeyOrAnotherOne()
    {
        var (key, id, _) = ApiKey.Make();
        Assert.True(ApiKey.TryParse(key, out var foundId, out var secret));
        Assert.Equal(id, foundId);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5_000),
            Prop.ForAll(Arb.From(Gen.Choose(0, key.Length - 1).Zip(Gen.Choose(0, 0x3000))), change =>
            {
                var text = string.Concat(key.AsSpan(0, change.Item1), [(char)change.Item2], key.AsSpan(change.Item1 + 1));
                return !ApiKey.TryParse(text, out var other, out var otherSecret) || text == key || other != id || otherSecret != secret;
            }));
    }
}
