using PublicApiGenerator;

namespace Coinsphere.Messaging.Tests;

/// <summary>What others compile against, held to a text file that is checked in, so that a change of it is seen in review.</summary>
internal static class PublicApi
{
    private const string Renew = "RENEW_PUBLIC_API";

    /// <summary>Compares the public types and members of a type's assembly with <c>tests/PROJECT/PublicApi.txt</c>.</summary>
    public static void AssertUnchanged(Type type, string project)
    {
        var path = Path.Combine(Repository.Root, "tests", project, "PublicApi.txt");
        var api = type.Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            File.WriteAllText(path, api);
        }

        var expected = File.Exists(path) ? File.ReadAllLines(path) : [];
        var actual = api.Split('\n')[..^1];
        string[] changes = [.. expected.Except(actual).Select(line => "- " + line.Trim()), .. actual.Except(expected).Select(line => "+ " + line.Trim())];
        Assert.True(
            expected.SequenceEqual(actual),
            $"The public API differs from {path}. If that is wanted, renew the file with '{Renew}=1 dotnet test tests/{project} --filter PublicApiTests', "
                + $"commit it and say in docs/changelog.md what changed:\n{string.Join('\n', changes)}");
    }
}
