using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>What can be checked of docker-compose.yml without containers; <c>./test</c> also lets docker-compose read it.</summary>
public sealed partial class ComposeTests(SamplePrices prices) : IClassFixture<SamplePrices>
{
    private static readonly string Compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

    // Set in the images: the address inside the container, and the file of its health check.
    private static readonly string[] OfImages = ["Gateway:Host", "Health:File"];

    public static TheoryData<string, string> Options { get; } = OptionsOfTheTable();

    [Theory]
    [MemberData(nameof(Options))]
    public void Option_CanBeSetFromOutside(string environment, string key)
    {
        var name = environment.Length > 0 ? environment : key.Replace(":", "__", StringComparison.Ordinal);

        Assert.True(
            Regex.IsMatch(Compose, $@"^\s+{Regex.Escape(name)}:", RegexOptions.Multiline) || Compose.Contains($"${{{name}:-", StringComparison.Ordinal),
            $"docker-compose.yml does not pass {name} on");
    }

    [Fact]
    public async Task SampleService_FillsTheDatabase()
    {
        await using var place = await WorkingPlace.CreateAsync(prices.Folder);
        var command = SampleCommand().Match(Compose).Groups[1].Value.Replace("$$", "$", StringComparison.Ordinal)
            .Replace("/tmp/prices", "sample", StringComparison.Ordinal);

        var run = await place.RunAsync(
            "export DATABASE_URL=postgresql://coinsphere:password@localhost:5432/coinsphere_dev run=./run\n" + command);

        Assert.True(run.Code == 0, run.Output + run.Errors);
        Assert.Equal(15, await place.Database.ValueAsync<int>("select count(distinct token_id) from coinsphere_bar_versions where synthetic"));
    }

    private static TheoryData<string, string> OptionsOfTheTable()
    {
        var options = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md")))
        {
            var row = Row().Match(line);
            foreach (Match key in Key().Matches(row.Groups[2].Value))
            {
                if (!OfImages.Contains(key.Groups[1].Value) && !key.Value.Contains("SYMBOL", StringComparison.Ordinal))
                {
                    options.Add(row.Groups[1].Value, key.Groups[1].Value);
                }
            }
        }

        return options;
    }

    [GeneratedRegex(@"^\| (?:`([A-Z_]+)` )?\| (`[A-Z][^|]*) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`([A-Z]\w+(?::\w+)+)`")]
    private static partial Regex Key();

    [GeneratedRegex("command: \\[\"(\\$\\$run sample [^\"]*)\"\\]")]
    private static partial Regex SampleCommand();
}
