using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>Keys by the command line, in the file of records and in a file of their own.</summary>
public sealed partial class KeysCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public static TheoryData<string[]> Places { get; } = [(string[])[], (string[])["--file", "keys.json"]];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Key_IsShownOnce_Listed_AndRevoked(string[] place)
    {
        var added = await RunAsync(["keys", "add", "alice@desk", "--scopes", "read,admin", .. place]);
        Assert.Equal(0, added.Code);
        Assert.True(ApiKey.TryParse(added.Output.Trim(), out var id, out var secret), added.Output);
        Assert.Contains($"as {id}, without its secret", added.Errors, StringComparison.Ordinal);

        Assert.Matches($"^{id}  alice@desk +read,admin +made 20..-..-.. ..:..:..Z\n$", (await RunAsync(["keys", "list", .. place])).Output);
        Assert.Equal((0, $"{id} is revoked\n"), Done(await RunAsync(["keys", "revoke", id, .. place])));
        Assert.Contains(", revoked 20", (await RunAsync(["keys", "list", .. place])).Output, StringComparison.Ordinal);
        var again = await RunAsync(["keys", "revoke", id, .. place]);
        Assert.Equal(1, again.Code);
        Assert.StartsWith($"{id} is no valid key in the file ", again.Errors, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_folder.Models))
        {
            Assert.DoesNotContain(secret, await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FileOfKeys_IsItsOwnersOnly_AndKeepsWhatItHasWhereItIsDamaged()
    {
        await RunAsync("keys", "add", "alice", "--file", "keys.json");
        var path = Path.Join(_folder.Models, "keys.json");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        await File.WriteAllTextAsync(path, """{"keys":[{"id":"x"}]}""", Cancel);
        var refused = await RunAsync("keys", "add", "bob", "--file", "keys.json");
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("'keys.json' is no list of keys: ", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"keys":[{"id":"x"}]}""", await File.ReadAllTextAsync(path, Cancel));
        Assert.Equal(["keys.json", "keys.json.lock"], Directory.EnumerateFiles(_folder.Models).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("--scopes has 'reed': expected read, compute, admin", "add", "alice", "--scopes", "read,reed")]
    [InlineData("name must be 1 to 64 of A-Z", "add", "a b")]
    [InlineData("name must be 1 to 64 of A-Z", "add", "a\nb")]
    [InlineData("--per-second is 0: expected a number above 0", "add", "a", "--per-second", "0")]
    [InlineData("--concurrent is 0: expected 1 or more", "add", "a", "--concurrent", "0")]
    [InlineData("expected the id of a key, 12 lower-case hexadecimal digits", "revoke", "alice")]
    public async Task WrongArgument_IsNamed(string expected, params string[] arguments)
    {
        var ended = await RunAsync(["keys", .. arguments]);
        Assert.Equal(2, ended.Code);
        Assert.StartsWith(expected, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeKeyInsteadOfItsId_IsNotRepeated()
    {
        var (key, id, _) = ApiKey.Make();
        var ended = await RunAsync("keys", "revoke", key);
        Assert.Equal((2, $"expected the id of the key, {id}, not the key\n"), (ended.Code, ended.Errors));
    }

    [Fact]
    public async Task ServiceOnAllAddresses_TakesTheKeysOfItsRecords_AndItsPageShowsThemToo()
    {
        await using var service = RunningProgram.Start(
            "Standalone",
            ["--Gateway:Host=0.0.0.0", "--Gateway:Port=0", "--Auth:Required=true", $"--Models:Folder={Repository.Checkpoints}", "--Schedule:Every=0"],
            _folder.Models, [("Records__File", "records.db")]);
        var url = new UriBuilder(await service.ListeningAsync()) { Host = "localhost" }.Uri;
        using var http = new HttpClient { BaseAddress = url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/models", Cancel)).StatusCode);
        var key = (await RunAsync("keys", "add", "alice", "--scopes", "read")).Output.Trim();

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"alice:{key}")));
        await Until.True(async () => (await http.GetAsync("/models", Cancel)).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics", Cancel)).StatusCode);
        // The page asks the service itself, by a key of the process.
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        await Until.True(async () => Model().IsMatch(await http.GetStringAsync("/symbols/BTC", Cancel)), "the page shows a prediction");
        http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/symbols/BTC", Cancel)).StatusCode);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", arguments, _folder.Models, [("Records__File", "records.db")]);

    private static (int, string) Done(CommandResult ended) => (ended.Code, ended.Output);

    [GeneratedRegex("bullish|bearish|neutral")]
    private static partial Regex Model();
}
